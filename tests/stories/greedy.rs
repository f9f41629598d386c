//! Lossless methods give the greedy text of the shipped target, token for token. A few prompts
//! in everyday tests; fifty, and longer texts, in release builds or where SLOW is set.

use crate::{Stories, stories};
use serde_json::json;
use tests::{at_zero, greedy, lossless, request, run, thorough};

const FEW: usize = 3;

const PROMPTS: [&str; 50] = [
    "Once upon a time, there was a little",
    "Tom had a red boat.",
    "The fox and the crow were",
    "One day, a girl named Lily",
    "In a small house by the sea",
    "The big dog ran to the",
    "\"Where are you going?\" asked the",
    "It was raining and the frog",
    "Ben and Mia went to the park.",
    "The king had three sons.",
    "A tiny seed fell on the ground.",
    "The old man lived alone",
    "Every morning the bird sang",
    "Sara found a shiny stone",
    "There was a bear who loved honey.",
    "The moon was bright and",
    "\"I am not afraid,\" said the mouse.",
    "Mom made a cake for",
    "The boy wanted to fly like",
    "Far away in the forest,",
    "The cat sat on the mat and",
    "Max lost his favourite toy.",
    "The wind blew and blew",
    "A little fish lived in",
    "Grandma told a story about",
    "The children played with a ball",
    "When the sun came up,",
    "The turtle was very slow, but",
    "There once was a princess",
    "The farmer had a cow and",
    "\"Help me!\" cried the",
    "On her birthday, Anna got",
    "The wolf was hungry.",
    "Two friends walked along the road.",
    "The snow covered the",
    "A boy named Jack had a",
    "The rabbit hid under",
    "Long ago, when animals could speak,",
    "The teacher asked the class",
    "The little train went up the hill.",
    "Lily and Tom built a",
    "The apple tree in the garden",
    "He opened the box and saw",
    "The stars were shining when",
    "The duck swam across the",
    "Peter did not want to sleep.",
    "The lion was the king of",
    "She put on her new shoes and",
    "The bee flew from flower to flower.",
    "At the bottom of the lake",
];

#[test]
fn lossless_methods_write_what_greedy_decoding_writes() {
    let (prompts, length) = if thorough() { (&PROMPTS[..], 128) } else { (&PROMPTS[..FEW], 48) };
    let plain = decoding::methods::find("basic-sampling").expect("it is in the list");
    let Stories { mut models, prompts: encoded, .. } = stories(plain, prompts);
    let expected: Vec<_> = encoded.iter().map(|it| greedy(it, length, &mut models)).collect();
    let entries: Vec<_> = lossless().collect();
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, |it| it.get());
        for share in 0..threads.min(entries.len()) {
            let mine = entries.iter().skip(share).step_by(threads);
            let expected = &expected;
            scope.spawn(move || {
                for entry in mine {
                    let Stories { mut models, prompts: encoded, .. } = stories(entry, prompts);
                    for (index, prompt) in encoded.iter().enumerate() {
                        let params = at_zero(entry, json!({}));
                        let request = request(entry.info.id, params, prompt, length);
                        let tokens = run(request, &mut models).expect("a run").tokens;
                        let (id, text) = (entry.info.id, prompts[index]);
                        assert_eq!(tokens, expected[index], "{id} after {text:?}");
                    }
                }
            });
        }
    });
}
