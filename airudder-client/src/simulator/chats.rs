use super::shelf::{Identified, Serial};
use super::world::World;
#[derive(Debug)]
pub(super) struct Chat { id: String }
impl Identified for Chat { fn id(&self) -> &str { &self.id } }
#[derive(Debug)]
pub(super) enum ChatStep { Reply }
impl World {
    pub(super) fn chat_goes_on(&mut self, _: Serial, _: ChatStep) {}
}
