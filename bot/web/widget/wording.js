// What the widget says, in the language that the patient reads.

/**
 * A function `say(sentence, values)`: the sentence as it is said in the patient's language, else in English, with the
 * values in its {places}; numbers are written as that language writes them. `say.use(sentences, language)` changes it.
 */
export function wording() {
  let said = {};
  let written = new Intl.NumberFormat("en");
  const say = (sentence, values = {}) =>
    (said[sentence] || sentence).replace(/\{(\w+)\}/g, (place, name) => {
      const value = values[name];
      return typeof value === "number" ? written.format(value) : (value ?? place);
    });
  say.use = (sentences, language) => {
    said = sentences;
    written = new Intl.NumberFormat(language);
  };
  return say;
}
