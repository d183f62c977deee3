//! Lists the vendor's spec files, which the tool carries with it: private specs stand on them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=spec");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("spec");
    let mut names: Vec<String> = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, std::io::Error>>()?;
    names.retain(|name| name.ends_with(".yaml"));
    names.sort();
    let mut list = String::from("&[\n");
    for name in &names {
        writeln!(list, "    ({name:?}, include_str!({:?})),", folder.join(name))?;
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("vendor.rs"), list)?;
    Ok(())
}
