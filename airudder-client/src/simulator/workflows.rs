use super::shelf::{Identified, Serial};
use super::world::World;
#[derive(Debug)]
pub(super) struct Instance { id: String }
impl Identified for Instance { fn id(&self) -> &str { &self.id } }
#[derive(Debug)]
pub(super) enum WabaStep { Sent }
impl World {
    pub(super) fn instance_must_end(&mut self, _: Serial) {}
    pub(super) fn waba_goes_on(&mut self, _: Serial, _: usize, _: WabaStep) {}
    pub(super) fn node_changed(&mut self, _: Serial) {}
    pub(super) fn contact_called(&mut self, _: Serial, _: Serial, _: usize) {}
}
