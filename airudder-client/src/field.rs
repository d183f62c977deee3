//! The names of required fields, for the compiler's messages: "required field `task_name` has not been set".

#![allow(non_camel_case_types)]

airudder_macros::required_fields!("spec");
