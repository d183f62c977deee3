fn main() {
    let dir = std::env::args().nth(1).unwrap_or("spec".into());
    let l = airudder_codegen::spec::Loaded::directory(std::path::Path::new(&dir), "spec");
    for r in l.reports() {
        println!("{}\n", r.text);
    }
    for r in l.warnings() {
        println!("warning: {}\n", r.text);
    }
    println!("{} endpoints", l.spec.sections.iter().map(|s| s.endpoints.len()).sum::<usize>());
}
