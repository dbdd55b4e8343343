use std::collections::VecDeque;
use std::sync::Arc;

use crate::current::Owner;
use crate::queue::TaskWaker;

/// What there is to choose from, in the order in which it came.
pub(crate) trait Candidates {
    fn len(&self) -> usize;

    /// Whose the candidate at this place is.
    fn owner(&self, place: usize) -> Owner;

    /// Those of all of them, in order.
    fn owners(&self) -> Box<dyn Iterator<Item = Owner> + '_>;
}

/// The tasks that are ready, for a schedule that takes one from any place.
///
/// They are in blocks, so that neither finding a place nor taking what is there goes through all of them.
#[derive(Default)]
pub(crate) struct Line {
    blocks: VecDeque<Vec<Arc<TaskWaker>>>,
    len: usize,
}

/// How many tasks are in a block at most.
const BLOCK: usize = 256;

impl Line {
    pub(crate) fn push(&mut self, task: Arc<TaskWaker>) {
        match self.blocks.back_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => block.push(task),
            None => self.blocks.push_back(vec![task]),
        }
        self.len += 1;
    }

    pub(crate) fn push_front(&mut self, task: Arc<TaskWaker>) {
        self.blocks.push_front(vec![task]);
        self.len += 1;
    }

    pub(crate) fn remove(&mut self, place: usize) -> Option<Arc<TaskWaker>> {
        let (block, place) = self.find(place)?;
        let task = self.blocks[block].remove(place);
        if self.blocks[block].is_empty() {
            self.blocks.remove(block);
        }
        self.len -= 1;
        Some(task)
    }

    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&TaskWaker) -> bool) {
        for block in &mut self.blocks {
            block.retain(|task| is_kept(task));
        }
        self.blocks.retain(|block| !block.is_empty());
        self.len = self.blocks.iter().map(Vec::len).sum();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<TaskWaker>> {
        self.blocks.iter().flatten()
    }

    /// The block of a place, and the place within it.
    fn find(&self, mut place: usize) -> Option<(usize, usize)> {
        for (index, block) in self.blocks.iter().enumerate() {
            if place < block.len() {
                return Some((index, place));
            }
            place -= block.len();
        }
        None
    }
}

impl Candidates for Line {
    fn len(&self) -> usize {
        self.len
    }

    fn owner(&self, place: usize) -> Owner {
        self.find(place).map_or(Owner::NONE, |(block, place)| self.blocks[block][place].owner())
    }

    fn owners(&self) -> Box<dyn Iterator<Item = Owner> + '_> {
        Box::new(self.iter().map(|task| task.owner()))
    }
}

#[cfg(test)]
impl Candidates for Vec<Owner> {
    fn len(&self) -> usize {
        <[Owner]>::len(self)
    }

    fn owner(&self, place: usize) -> Owner {
        self[place]
    }

    fn owners(&self) -> Box<dyn Iterator<Item = Owner> + '_> {
        Box::new(self.iter().copied())
    }
}
