//! A policy as lines that know what they are for: each clause, bullet and paragraph of the text, each purpose of the matrix.

use raspiska_shared::{
    lang::Lang,
    policy::{
        Policy,
        document::{Clause, Document, Section},
    },
    purpose::SubjectCategory,
};

use super::{
    At,
    phrase::{Phrase, Words},
    rule::{Role, Vocabulary},
};

/// One line and what it is for.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) at: At,
    pub(super) words: Words,
    pub(super) roles: Vec<Role>,
    /// The line that says what a bullet belongs to.
    pub(super) head: Option<usize>,
}

/// All of a policy.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<Line>);

impl Lines {
    /// Cuts a document, and the matrix if there is one.
    pub(super) fn of(
        document: Option<&Document>,
        policy: Option<&Policy>,
        vocabulary: &Vocabulary,
    ) -> Self {
        let mut lines = Self::default();
        if let Some(document) = document {
            lines.document(document, vocabulary);
        }
        if let Some(policy) = policy {
            lines.matrix(policy);
        }
        lines
    }

    /// Those with one of these roles; without roles, the whole text, but not the matrix.
    pub(super) fn of_roles(&self, roles: &[Role]) -> impl Iterator<Item = &Line> {
        self.0.iter().filter(move |line| {
            if roles.is_empty() {
                !line.roles.contains(&Role::Matrix)
            } else {
                roles.iter().any(|role| line.roles.contains(role))
            }
        })
    }

    /// Those with this role that speak of these people, in themselves or in the clause that a bullet belongs to.
    pub(super) fn about(&self, role: Role, people: &[Phrase]) -> impl Iterator<Item = &Line> {
        let named = |line: &Line| {
            people
                .iter()
                .any(|phrase| phrase.find(&line.words).is_some())
        };
        self.0.iter().filter(move |line| {
            let head = line.head.and_then(|head| self.0.get(head));
            line.roles.contains(&role) && (named(line) || head.is_some_and(named))
        })
    }

    fn push(&mut self, at: At, text: &str, roles: Vec<Role>, head: Option<usize>) {
        let words = Words::of(text);
        self.0.push(Line {
            at,
            words,
            roles,
            head,
        });
    }

    fn document(&mut self, document: &Document, vocabulary: &Vocabulary) {
        for text in std::iter::once(&document.title).chain(&document.preamble) {
            self.push(At::Head, text, vec![Role::Head], None);
        }
        for section in &document.sections {
            self.push(
                At::Section(section.number),
                &section.title,
                vec![Role::Heading],
                None,
            );
            let title = Words::of(&section.title);
            let of_section: Vec<Role> = vocabulary.sections(&title).collect();
            for clause in &section.clauses {
                self.clause(section, clause, &of_section, vocabulary);
            }
        }
        for text in &document.closing {
            self.push(At::Foot, text, vec![Role::Foot], None);
        }
    }

    fn clause(
        &mut self,
        section: &Section,
        clause: &Clause,
        inherited: &[Role],
        vocabulary: &Vocabulary,
    ) {
        let at = At::Clause(section.number, clause.number);
        let words = Words::of(&clause.text);
        let mut roles = vec![Role::Clause];
        roles.extend(inherited.iter().copied().chain(vocabulary.clauses(&words)));
        let head = self.0.len();
        self.push(at.clone(), &clause.text, roles.clone(), None);
        for item in &clause.items {
            let mut roles = roles.clone();
            if item.definition().is_some() {
                roles.push(Role::Definition);
            }
            self.push(at.clone(), &item.text, roles, Some(head));
        }
    }

    /// Of each purpose whose data it wants, and which.
    fn matrix(&mut self, policy: &Policy) {
        for purpose in &policy.purposes {
            let mut text = people(policy, purpose.category).to_owned();
            for datum in &purpose.data {
                text.push_str("; ");
                text.push_str(datum.get(Lang::Ru));
            }
            self.push(
                At::Purpose(purpose.id.clone()),
                &text,
                vec![Role::Matrix],
                None,
            );
        }
    }
}

fn people(policy: &Policy, category: SubjectCategory) -> &str {
    let mut subjects = policy.subjects.iter();
    let own = subjects.find(|subjects| subjects.category == category);
    own.map_or("", |subjects| subjects.title.get(Lang::Ru))
}
