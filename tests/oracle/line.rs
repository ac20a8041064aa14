//! Stations one after another with little room between: blocking after service.
//!
//! A truck whose next station is full keeps its lane (Hunt 1956, "Sequential arrays of waiting
//! lines"). Service is exponential, so waiting, serving and blocked counts are a Markov chain.

use super::chain::Chain;

/// One station of a line.
#[derive(Clone, Copy)]
pub struct Stage {
    pub lanes: u32,
    /// Waiting places in front of it.
    pub room: u32,
    pub service_rate: f64,
}

/// What is at a station.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct Level {
    pub waiting: u32,
    pub serving: u32,
    pub blocked: u32,
}

impl Level {
    fn has_place(&self, stage: &Stage) -> bool {
        self.serving + self.blocked < stage.lanes || self.waiting < stage.room
    }

    fn enter(&mut self, stage: &Stage) {
        if self.serving + self.blocked < stage.lanes {
            self.serving += 1;
        } else {
            self.waiting += 1;
        }
    }
}

/// The chain of a line: with an arrival rate, trucks that find the first station full are lost
/// (give it room enough); without one, the first station is never without a truck.
pub fn solve(arrival_rate: Option<f64>, stages: &[Stage]) -> Chain<Vec<Level>> {
    let mut first = vec![Level::default(); stages.len()];
    if arrival_rate.is_none() {
        first[0].serving = stages[0].lanes;
    }
    let saturated = arrival_rate.is_none();
    Chain::solve(first, |levels| {
        let mut moves = Vec::new();
        if let Some(rate) = arrival_rate
            && levels[0].has_place(&stages[0])
        {
            let mut next = levels.clone();
            next[0].enter(&stages[0]);
            moves.push((rate, next));
        }
        for place in (0..stages.len()).filter(|place| levels[*place].serving > 0) {
            let mut next = levels.clone();
            next[place].serving -= 1;
            if place + 1 == stages.len() || next[place + 1].has_place(&stages[place + 1]) {
                if place + 1 < stages.len() {
                    next[place + 1].enter(&stages[place + 1]);
                }
                lane_freed(&mut next, stages, place, saturated);
            } else {
                next[place].blocked += 1;
            }
            moves.push((stages[place].service_rate * f64::from(levels[place].serving), next));
        }
        moves
    })
}

/// A lane takes the next truck in line; the place in line goes to a truck blocked behind.
fn lane_freed(levels: &mut [Level], stages: &[Stage], place: usize, saturated: bool) {
    if levels[place].waiting > 0 {
        levels[place].waiting -= 1;
        levels[place].serving += 1;
    } else if place == 0 && saturated {
        levels[0].serving += 1;
    }
    if place > 0 && levels[place - 1].blocked > 0 && levels[place].has_place(&stages[place]) {
        levels[place - 1].blocked -= 1;
        levels[place].enter(&stages[place]);
        lane_freed(levels, stages, place - 1, saturated);
    }
}

/// Trucks per unit of time through the last station.
pub fn throughput(chain: &Chain<Vec<Level>>, stages: &[Stage]) -> f64 {
    let last = stages.len() - 1;
    chain.mean(|levels| stages[last].service_rate * f64::from(levels[last].serving))
}

#[cfg(test)]
mod tests {
    use super::super::erlang::Mmc;
    use super::*;

    fn stage(room: u32) -> Stage {
        Stage { lanes: 1, room, service_rate: 1.0 }
    }

    /// Hunt (1956): three stations without room between, 22/39; two with r places, (r + 2)/(r + 3).
    #[test]
    fn saturated_lines_are_hunts() {
        let three = [stage(0); 3];
        assert!((throughput(&solve(None, &three), &three) - 22.0 / 39.0).abs() < 1e-14);
        for room in 0..4 {
            let two = [stage(0), stage(room)];
            let expected = f64::from(room + 2) / f64::from(room + 3);
            assert!((throughput(&solve(None, &two), &two) - expected).abs() < 1e-14);
        }
    }

    /// With room enough nothing blocks, and each station is an M/M/c queue (Burke 1956).
    #[test]
    fn with_room_enough_it_is_two_queues() {
        let stages = [
            Stage { lanes: 2, room: 28, service_rate: 1.0 },
            Stage { lanes: 1, room: 28, service_rate: 2.2 },
        ];
        let chain = solve(Some(0.8), &stages);
        let first = Mmc { servers: 2, arrival_rate: 0.8, service_rate: 1.0 };
        let second = Mmc { servers: 1, arrival_rate: 0.8, service_rate: 2.2 };
        for (place, queue) in [first, second].iter().enumerate() {
            let line = chain.mean(|levels| f64::from(levels[place].waiting));
            assert!((line / 0.8 - queue.mean_wait()).abs() < 1e-8, "station {place}");
        }
    }
}
