//! Lists of people, as people have them.
