use super::dialling::CallStep;
use super::shelf::Serial;
use super::world::World;
impl World {
    pub(super) fn dialer_task_changed(&mut self, _: Serial) {}
    pub(super) fn dialer_call_began(&mut self, _: Serial, _: usize) {}
    pub(super) fn dialer_call_changed(&mut self, _: Serial, _: usize, _: CallStep) {}
}
