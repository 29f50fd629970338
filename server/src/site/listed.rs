//! Which item of the policy's lists of data a field of a form is: what the operator writes beside the field, and no browser
//! has a use for.

use std::collections::BTreeMap;

use raspiska_shared::site::Form;
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::{Table, Value};

/// A form as `site.toml` has it: as browsers get it, and `data` of each field.
#[derive(Debug)]
pub(crate) struct FormConfig {
    /// The form.
    pub(crate) form: Form,
    /// Field by field, in their order, the words that the policy has for it.
    data: Vec<Vec<String>>,
}

/// The words that the policy has for each field of each form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed(BTreeMap<(String, String), Vec<String>>);

impl Listed {
    /// The words for a field, any of which a list may have; none: nothing is said of it.
    pub(crate) fn of(&self, form: &str, field: &str) -> &[String] {
        let own = self.0.get(&(form.to_owned(), field.to_owned()));
        own.map_or(&[], Vec::as_slice)
    }
}

/// The forms, and what was written beside their fields.
pub(crate) fn apart(configs: Vec<FormConfig>) -> (Vec<Form>, Listed) {
    let mut listed = Listed::default();
    let forms = configs.into_iter().map(|config| {
        for (field, words) in config.form.fields.iter().zip(config.data) {
            let key = (config.form.name.clone(), field.id.clone());
            listed.0.insert(key, words);
        }
        config.form
    });
    (forms.collect(), listed)
}

impl<'de> Deserialize<'de> for FormConfig {
    // By hand: `flatten` would let unknown members pass.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut table = Table::deserialize(deserializer)?;
        let fields = table.get_mut("fields").and_then(Value::as_array_mut);
        let mut data = Vec::new();
        for field in fields.into_iter().flatten() {
            let own = field.as_table_mut().and_then(|field| field.remove("data"));
            data.push(own.map_or(Ok(Vec::new()), |own| words(own).map_err(D::Error::custom))?);
        }
        let form = table.try_into();
        let form = form.map_err(|error| D::Error::custom(error.message()))?;
        Ok(Self { form, data })
    }
}

/// One string, or several where purposes or editions have other words for the same.
fn words(data: Value) -> Result<Vec<String>, &'static str> {
    let all = match data {
        Value::Array(all) => all,
        one => vec![one],
    };
    let word = |one: Value| match one {
        Value::String(word) if !word.is_empty() => Ok(word),
        _ => Err(
            "data of a field is what the policy's list of data calls it: a string, or a list of them",
        ),
    };
    all.into_iter().map(word).collect()
}
