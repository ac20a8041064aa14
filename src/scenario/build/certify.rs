//! Loads of several consignments of which one that is not certified disqualifies the whole.
//!
//! A class that says `certified` keeps a truck only if all of its consignments are: with N consignments
//! and a share p of certified ones that is E(p^N), one more draw behind the shares of the class tree.
//! Start at [`certify`].

use super::super::check::class::Drawing;
use super::Context;
use crate::dist::CountSampler;
use crate::model::network::{Branch, ClassId, Split};

/// Adds a draw wherever a class is drawn of which some trucks are taken out.
pub fn certify(drawing: &mut Drawing, context: &mut Context) {
    for (place, (name, class)) in context.study.class.iter().enumerate() {
        let (Some(certified), Some(otherwise)) = (&class.certified, &class.otherwise) else { continue };
        let Some(otherwise) = context.names.class(otherwise) else { continue };
        let law = class.consignments.as_ref().and_then(|phrase| {
            let path = format!("class.{name}.consignments");
            context.law(&path, &phrase.0)
        });
        let kept = law.map_or(certified.0, |law| all_certified(certified.0, &CountSampler::new(&law)));
        let own = Branch::Class(ClassId(place as u8));
        let split = Branch::Split(drawing.tree.splits.len());
        let mut drawn = false;
        for (_, branch) in drawing.tree.splits.iter_mut().flat_map(|split| &mut split.branches) {
            if *branch == own {
                (*branch, drawn) = (split, true);
            }
        }
        if drawing.only == Some(ClassId(place as u8)) && drawing.tree.splits.is_empty() {
            (drawing.only, drawn) = (None, true);
        }
        if drawn {
            let branches = vec![(kept.min(1.0), own), (1.0, Branch::Class(otherwise))];
            drawing.tree.splits.push(Split { purpose: format!("certified:{name}"), branches });
        }
    }
}

/// The mean of p^N, over as many equally likely values of N as a fine grid of its inverse has.
fn all_certified(certified: f64, consignments: &CountSampler) -> f64 {
    const CELLS: u64 = 1 << 16;
    let power = |count: u32| libm::pow(certified, f64::from(count));
    if !consignments.is_random() {
        return power(consignments.sample(0));
    }
    let middle = |cell: u64| (cell << 48) | 1 << 47;
    (0..CELLS).map(|cell| power(consignments.sample(middle(cell)))).sum::<f64>() / CELLS as f64
}
