//! Places in layers from left to right: what stands in which column, and in which order, so that few lines cross.
//!
//! A place stands one layer to the right of the last of those that lead to it (longest path from where trucks come in);
//! links that lead back are set apart first, so loops do no harm. A link that passes a layer has a slot of its own there
//! (Sugiyama, Tagawa and Toda 1981). It knows nothing of crossings. Start at [`layered`].

/// What stands in a slot of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A place.
    Node(usize),
    /// A link on its way.
    Passing(usize),
}

/// Places in layers.
#[derive(Clone, Debug)]
pub(super) struct Layered {
    /// From left to right: slots from top to bottom.
    pub layers: Vec<Vec<Slot>>,
    /// By link: whether it leads back.
    pub back: Vec<bool>,
    /// By place: its layer.
    pub layer_of: Vec<usize>,
}

/// Puts `nodes` places with `links` between them into layers; those of `last` stand in the last one.
pub(super) fn layered(nodes: usize, links: &[(usize, usize)], entries: &[usize], last: &[usize]) -> Layered {
    let back = back_links(nodes, links, entries);
    let mut layer_of = vec![0; nodes];
    // Each pass settles one layer more; without back links there are at most as many as places.
    for _ in 0..nodes {
        for ((from, to), _) in links.iter().zip(&back).filter(|(_, back)| !**back) {
            layer_of[*to] = layer_of[*to].max(layer_of[*from] + 1);
        }
    }
    let deepest = layer_of.iter().copied().max().unwrap_or(0);
    for node in last {
        layer_of[*node] = deepest;
    }
    let mut layers: Vec<Vec<Slot>> = vec![Vec::new(); deepest + 1];
    for node in 0..nodes {
        layers[layer_of[node]].push(Slot::Node(node));
    }
    for (link, (from, to)) in links.iter().enumerate().filter(|(link, _)| !back[*link]) {
        for layer in layers.iter_mut().take(layer_of[*to]).skip(layer_of[*from] + 1) {
            layer.push(Slot::Passing(link));
        }
    }
    let mut layered = Layered { layers, back, layer_of };
    for _ in 0..8 {
        layered.sweep(links, true);
        layered.sweep(links, false);
    }
    layered.sweep(links, true);
    layered
}

/// Links that lead to a place from which the walk came (depth first, in the order of places).
fn back_links(nodes: usize, links: &[(usize, usize)], entries: &[usize]) -> Vec<bool> {
    let mut back = vec![false; links.len()];
    // 0: not seen, 1: on the way, 2: done.
    let mut state = vec![0_u8; nodes];
    for start in entries.iter().copied().chain(0..nodes) {
        if state[start] != 0 {
            continue;
        }
        let mut stack = vec![(start, 0_usize)];
        state[start] = 1;
        while let Some((node, next)) = stack.pop() {
            match (next..links.len()).find(|link| links[*link].0 == node) {
                None => state[node] = 2,
                Some(link) => {
                    stack.push((node, link + 1));
                    let to = links[link].1;
                    match state[to] {
                        0 => {
                            state[to] = 1;
                            stack.push((to, 0));
                        }
                        1 => back[link] = true,
                        _ => {}
                    }
                }
            }
        }
    }
    back
}

impl Layered {
    /// The slots of a link, from its first place to its last.
    pub(super) fn chain(&self, link: usize, (from, to): (usize, usize)) -> Vec<(usize, Slot)> {
        let (first, last) = (self.layer_of[from], self.layer_of[to]);
        let passing = (first + 1..last).map(|layer| (layer, Slot::Passing(link)));
        std::iter::once((first, Slot::Node(from))).chain(passing).chain([(last, Slot::Node(to))]).collect()
    }

    /// Orders each layer by the mean place of its neighbors in the layer before (or after).
    fn sweep(&mut self, links: &[(usize, usize)], forward: bool) {
        let count = self.layers.len();
        let order: Vec<usize> =
            if forward { (1..count).collect() } else { (0..count.max(1) - 1).rev().collect() };
        for layer in order {
            let beside = if forward { layer - 1 } else { layer + 1 };
            let size = self.layers[beside].len().max(1) as f64;
            let place = |slot: Slot| {
                let at = self.layers[beside].iter().position(|other| *other == slot);
                at.map(|at| (at as f64 + 0.5) / size)
            };
            let mut keyed: Vec<(f64, usize, Slot)> = Vec::new();
            for (at, slot) in self.layers[layer].iter().enumerate() {
                let mut places = Vec::new();
                for (link, ends) in links.iter().enumerate().filter(|(link, _)| !self.back[*link]) {
                    let chain = self.chain(link, *ends);
                    let here = chain.iter().position(|(_, other)| other == slot);
                    let Some(here) = here else { continue };
                    let other = if forward { here.checked_sub(1) } else { Some(here + 1) };
                    if let Some((_, other)) = other.and_then(|other| chain.get(other)) {
                        places.extend(place(*other));
                    }
                }
                let own = (at as f64 + 0.5) / self.layers[layer].len() as f64;
                let mean = match places.len() {
                    0 => own,
                    n => places.iter().sum::<f64>() / n as f64,
                };
                keyed.push((mean, at, *slot));
            }
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.layers[layer] = keyed.into_iter().map(|(.., slot)| slot).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_paths_give_layers_and_loops_end() {
        // 0 → 1 → 2 → 3, 1 → 3, and 2 → 1 leads back.
        let links = [(0, 1), (1, 2), (2, 3), (1, 3), (2, 1)];
        let layered = layered(4, &links, &[0], &[3]);
        assert_eq!(layered.layer_of, [0, 1, 2, 3]);
        assert_eq!(layered.back, [false, false, false, false, true]);
        assert_eq!(layered.layers[2].len(), 2, "the link from 1 to 3 passes");
        assert_eq!(layered.chain(3, (1, 3)).len(), 3);
    }

    #[test]
    fn a_place_that_leads_to_itself_and_one_without_links_stand_somewhere() {
        let layered = layered(3, &[(0, 0), (0, 1)], &[], &[]);
        assert_eq!((layered.layer_of, layered.back), (vec![0, 1, 0], vec![true, false]));
    }
}
