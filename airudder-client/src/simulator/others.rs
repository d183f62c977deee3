use super::world::World;
use serde_json::Value;
impl World {
    pub(super) fn sms_delivered(&mut self, _: Option<&str>, _: &str, _: &str) {}
    pub(super) fn number_checked(&mut self, _: Option<&str>, _: &str, _: &Value) {}
}
