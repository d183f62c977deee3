//! The grade of a call.

use super::Intention;

impl Intention {
    /// The letter, where there is a grade: also of letters that the spec does not know. What it means depends
    /// on the robot.
    ///
    /// ```
    /// use airudder_client::types::Intention;
    ///
    /// assert_eq!(Intention::B.grade(), Some('B'));
    /// assert_eq!(Intention::from("K").grade(), Some('K'));
    /// assert_eq!((Intention::NoGrade.grade(), Intention::from("later").grade()), (None, None));
    /// ```
    pub fn grade(&self) -> Option<char> {
        let mut letters = self.as_str().trim().chars();
        letters.next().filter(|letter| letter.is_ascii_alphabetic() && letters.next().is_none())
    }
}
