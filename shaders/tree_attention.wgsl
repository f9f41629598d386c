// Attention of each row over the slots it sees and no others, with grouped key heads.
//
// bindings   mixed    [rows, HEADS + 2 KV_HEADS, DIM] f32; the turned queries are read
//            keys     [KV_HEADS, capacity, DIM]       f32
//            values   [KV_HEADS, capacity, DIM]       f32
//            seen     [rows + 1 + list]               i32: where each row's slots begin in this
//                                                     very array, the end of the last, the slots
//            attended [rows, HEADS, DIM]              f32, written
// workgroup  64 per row and head: a thread scores one slot, then sums one number of the values
// grid       [HEADS, rows]
// launcher   crate/llama/src/kernels/tree_attention.rs
//
// Slots come in blocks of 64 with a running maximum. Source: Milakov and Gimelshein 2018,
// arXiv:1805.02867.

@group(0) @binding(0) var<storage, read_write> mixed: array<f32>;
@group(0) @binding(1) var<storage, read_write> keys: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> seen: array<i32>;
@group(0) @binding(4) var<storage, read_write> attended: array<f32>;

const HEADS: u32 = {{ heads }}u;
const KV_HEADS: u32 = {{ kv_heads }}u;
const DIM: u32 = {{ dim }}u;
const BLOCK: u32 = 64u;
// Numbers of the output that one thread sums.
const SHARE: u32 = (DIM + BLOCK - 1u) / BLOCK;
const LOWEST: f32 = -3.0e38;

var<workgroup> query: array<f32, DIM>;
var<workgroup> scores: array<f32, BLOCK>;
var<workgroup> weights: array<f32, BLOCK>;
var<workgroup> places: array<u32, BLOCK>;
var<workgroup> bounds: vec2<u32>;

@compute @workgroup_size(64, 1, 1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let thread = local.x;
    let head = group.x;
    let row = group.y;
    let capacity = arrayLength(&keys) / (KV_HEADS * DIM);
    let base = (head / (HEADS / KV_HEADS)) * capacity;
    for (var i = thread; i < DIM; i += BLOCK) {
        query[i] = mixed[(row * (HEADS + 2u * KV_HEADS) + head) * DIM + i];
    }
    if (thread == 0u) {
        bounds = vec2<u32>(u32(seen[row]), u32(seen[row + 1u]));
    }
    let range = workgroupUniformLoad(&bounds);

    var best = LOWEST;
    var total = 0.0;
    var sums: array<f32, SHARE>;
    for (var start = range.x; start < range.y; start += BLOCK) {
        let count = min(BLOCK, range.y - start);
        var score = LOWEST;
        if (thread < count) {
            let place = (base + u32(seen[start + thread])) * DIM;
            places[thread] = place;
            var product = 0.0;
            for (var i = 0u; i < DIM; i += 1u) {
                product += query[i] * keys[place + i];
            }
            score = product * inverseSqrt(f32(DIM));
        }
        scores[thread] = score;
        workgroupBarrier();
        for (var half = BLOCK / 2u; half > 0u; half /= 2u) {
            if (thread < half) {
                scores[thread] = max(scores[thread], scores[thread + half]);
            }
            workgroupBarrier();
        }
        let better = max(best, scores[0]);
        let shrink = exp(best - better);
        best = better;
        weights[thread] = exp(score - better);
        workgroupBarrier();
        total *= shrink;
        for (var i = 0u; i < count; i += 1u) {
            total += weights[i];
        }
        for (var part = 0u; part < SHARE; part += 1u) {
            let i = part * BLOCK + thread;
            if (i < DIM) {
                var sum = sums[part] * shrink;
                for (var it = 0u; it < count; it += 1u) {
                    sum += weights[it] * values[places[it] + i];
                }
                sums[part] = sum;
            }
        }
        workgroupBarrier();
    }
    for (var part = 0u; part < SHARE; part += 1u) {
        let i = part * BLOCK + thread;
        if (i < DIM) {
            attended[(row * HEADS + head) * DIM + i] = sums[part] / total;
        }
    }
}
