// Turns queries and keys to their positions (RoPE, halves), and puts keys and values into their
// slots. Queries are turned where they lie.
//
// bindings   mixed  [rows, HEADS + 2 KV_HEADS, DIM] f32: queries, keys, values; queries change
//            keys   [KV_HEADS, capacity, DIM]       f32, written at the slots
//            values [KV_HEADS, capacity, DIM]       f32, written at the slots
//            angles [rows, DIM]                     f32: cosines, then sines
//            slots  [rows]                          i32
// workgroup  64: one thread turns one pair of numbers
// grid       [rows * (HEADS + 2 KV_HEADS) * DIM / 2 / 64], rounded up
// launcher   crate/llama/src/kernels/store_keys.rs

@group(0) @binding(0) var<storage, read_write> mixed: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> angles: array<f32>;
@group(0) @binding(4) var<storage, read_write> slots: array<i32>;

const HEADS: u32 = {{ heads }}u;
const KV_HEADS: u32 = {{ kv_heads }}u;
const DIM: u32 = {{ dim }}u;
const ALL: u32 = HEADS + 2u * KV_HEADS;
const HALF: u32 = DIM / 2u;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let pair = id.x % HALF;
    let head = (id.x / HALF) % ALL;
    let row = id.x / (HALF * ALL);
    if (row >= arrayLength(&slots)) {
        return;
    }
    let start = (row * ALL + head) * DIM + pair;
    var first = mixed[start];
    var second = mixed[start + HALF];
    if (head < HEADS + KV_HEADS) {
        let cosine = angles[row * DIM + pair];
        let sine = angles[row * DIM + HALF + pair];
        let turned = first * cosine - second * sine;
        second = second * cosine + first * sine;
        first = turned;
    }
    if (head < HEADS) {
        mixed[start] = first;
        mixed[start + HALF] = second;
        return;
    }
    let capacity = arrayLength(&keys) / (KV_HEADS * DIM);
    let to = (((head - HEADS) % KV_HEADS) * capacity + u32(slots[row])) * DIM + pair;
    if (head < HEADS + KV_HEADS) {
        keys[to] = first;
        keys[to + HALF] = second;
    } else {
        values[to] = first;
        values[to + HALF] = second;
    }
}
