// The limit: trees in arrays of nodes, or dense layers, walked by plain C. `limit model.bin rows.f32 answers.f64`
// writes its answers, says ready, and answers each line `size repeats slabs` with the nanoseconds that took.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEAP, LINKED, DENSE };
enum { SIGMOID, IDENTITY, SOFTMAX };
enum { LANES = 8, BLOCK = 64, TILE = 32 };

typedef struct { float threshold; int column; } Split;
typedef struct { float threshold; int column; int child[2]; } Node;
typedef struct { int inputs, outputs, relu; const float *weights, *bias; } Layer;

static struct { int kind, features, parts, depth, link, classes, mean, nodes; } head;
static double scale, base;
static const Split *splits; static const float *leaves;
static const Node *nodes; static const int *starts, *depths; static const float *values;
static Layer layers[8];

/* Several walks at once, of one tree for several rows or of several trees for one row, hide the latency of loads. */
static inline __attribute__((always_inline)) void heapLanes(const Split *tree[LANES], const float *x[LANES], int depth, int node[LANES]) {
  for (int k = 0; k < LANES; k++) node[k] = 0;
  for (int level = 0; level < depth; level++)
    for (int k = 0; k < LANES; k++) {
      const Split *split = &tree[k][node[k]];
      node[k] = 2 * node[k] + 1 + (x[k][split->column] > split->threshold);
    }
  for (int k = 0; k < LANES; k++) node[k] -= (1 << depth) - 1;
}

static inline __attribute__((always_inline)) void linkedLanes(const float *x[LANES], int depth, int node[LANES]) {
  for (int level = 0; level < depth; level++)
    for (int k = 0; k < LANES; k++) {
      const Node *at = &nodes[node[k]];
      node[k] = at->child[x[k][at->column] > at->threshold];
    }
}

static void heapTrees(const float *rows, int size, double *sum) {
  int F = head.features, D = head.depth, inner = (1 << D) - 1, leafCount = 1 << D, T = head.parts, r = 0;
  const Split *tree[LANES]; const float *x[LANES]; int node[LANES];
  for (; r + LANES <= size; r += BLOCK) {
    int end = r + BLOCK < size ? r + BLOCK : size;
    for (int t = 0; t < T; t++)
      for (int q = r; q + LANES <= end; q += LANES) {
        for (int k = 0; k < LANES; k++) tree[k] = splits + (size_t)t * inner, x[k] = rows + (size_t)(q + k) * F;
        heapLanes(tree, x, D, node);
        for (int k = 0; k < LANES; k++) sum[q + k] += leaves[(size_t)t * leafCount + node[k]];
      }
  }
  for (r = size / LANES * LANES; r < size; r++) {
    for (int t = 0; t < T; t += LANES) {
      int count = T - t < LANES ? T - t : LANES;
      for (int k = 0; k < LANES; k++) tree[k] = splits + (size_t)(t + (k < count ? k : 0)) * inner, x[k] = rows + (size_t)r * F;
      heapLanes(tree, x, D, node);
      for (int k = 0; k < count; k++) sum[r] += leaves[(size_t)(t + k) * leafCount + node[k]];
    }
  }
}

static void linkedTrees(const float *rows, int size, double *sum) {
  int F = head.features, T = head.parts;
  const float *x[LANES]; int node[LANES];
  for (int from = 0; from + LANES <= size; from += BLOCK) {
    int end = from + BLOCK < size ? from + BLOCK : size;
    for (int t = 0; t < T; t++)
      for (int q = from; q + LANES <= end; q += LANES) {
        for (int k = 0; k < LANES; k++) node[k] = starts[t], x[k] = rows + (size_t)(q + k) * F;
        linkedLanes(x, depths[t], node);
        for (int k = 0; k < LANES; k++) sum[q + k] += values[node[k]];
      }
  }
  for (int r = size / LANES * LANES; r < size; r++)
    for (int t = 0; t < T; t += LANES) {
      int depth = 0, count = T - t < LANES ? T - t : LANES;
      for (int k = 0; k < LANES; k++) {
        int one = t + (k < count ? k : 0);
        node[k] = starts[one], x[k] = rows + (size_t)r * F;
        if (depths[one] > depth) depth = depths[one];
      }
      linkedLanes(x, depth, node);
      for (int k = 0; k < count; k++) sum[r] += values[node[k]];
    }
}

/* Up to four rows by 32 outputs stay in registers. */
static void dense(const Layer *layer, const float *in, int rows, float *out) {
  int I = layer->inputs, O = layer->outputs;
  if (O == 1) {
    for (int r = 0; r < rows; r++) {
      float sum = 0;
      for (int i = 0; i < I; i++) sum += in[(size_t)r * I + i] * layer->weights[i];
      sum += layer->bias[0];
      out[r] = layer->relu && sum < 0 ? 0 : sum;
    }
    return;
  }
  for (int j = 0; j < O; j += TILE) {
    float acc[4][TILE];
    for (int r = 0; r < 4; r++) memcpy(acc[r], layer->bias + j, sizeof acc[r]);
    for (int i = 0; i < I; i++) {
      const float *w = layer->weights + (size_t)i * O + j;
      for (int r = 0; r < 4; r++) for (int k = 0; k < TILE; k++) acc[r][k] += in[(size_t)r * I + i] * w[k];
    }
    for (int r = 0; r < rows; r++)
      for (int k = 0; k < TILE; k++) out[(size_t)r * O + j + k] = layer->relu && acc[r][k] < 0 ? 0 : acc[r][k];
  }
}

static float buffers[2][4 * 4096];

static void denseLayers(const float *rows, int size, double *raw, int width) {
  for (int r = 0; r < size; r += 4) {
    int count = size - r < 4 ? size - r : 4;
    const float *in = rows + (size_t)r * head.features;
    if (count < 4) in = memcpy(buffers[0], in, sizeof(float) * count * head.features);
    for (int l = 0; l < head.parts; l++) dense(&layers[l], l ? buffers[l & 1] : in, 4, buffers[(l + 1) & 1]);
    int padded = layers[head.parts - 1].outputs;
    for (int q = 0; q < count; q++)
      for (int k = 0; k < width; k++) raw[(size_t)(r + q) * width + k] = buffers[head.parts & 1][q * padded + k];
  }
}

static void predict(const float *rows, int size, double *raw, double *out) {
  int K = head.classes, width = head.link == SOFTMAX ? K : 1;
  if (head.kind == DENSE) denseLayers(rows, size, raw, width);
  else {
    memset(raw, 0, sizeof(double) * size);
    (head.kind == HEAP ? heapTrees : linkedTrees)(rows, size, raw);
    for (int r = 0; r < size; r++) raw[r] = (head.mean ? raw[r] / head.parts : raw[r]) + base;
  }
  for (int r = 0; r < size; r++) {
    if (head.link != SOFTMAX) {
      double p = head.link == SIGMOID ? 1 / (1 + exp(-scale * raw[r])) : raw[r];
      out[2 * r] = 1 - p, out[2 * r + 1] = p;
      continue;
    }
    double largest = -INFINITY, sum = 0, *row = raw + (size_t)r * K, *to = out + (size_t)r * K;
    for (int k = 0; k < K; k++) if (row[k] > largest) largest = row[k];
    for (int k = 0; k < K; k++) sum += to[k] = exp(row[k] - largest);
    for (int k = 0; k < K; k++) to[k] /= sum;
  }
}

static char *readFile(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  fseek(file, 0, SEEK_END);
  *length = ftell(file);
  rewind(file);
  char *bytes = aligned_alloc(64, (*length + 63) / 64 * 64);
  if (fread(bytes, 1, *length, file) != *length || fclose(file)) exit(1);
  return bytes;
}

static const void *take(char **at, size_t bytes) { const void *from = *at; *at += bytes; return from; }

int main(int argc, char **argv) {
  if (argc < 4) return 1;
  size_t length;
  char *at = readFile(argv[1], &length);
  memcpy(&head, take(&at, sizeof head), sizeof head);
  scale = *(const double *)take(&at, 8), base = *(const double *)take(&at, 8);
  if (head.kind == HEAP) {
    splits = take(&at, sizeof(Split) * (size_t)head.parts * ((1 << head.depth) - 1));
    leaves = take(&at, sizeof(float) * ((size_t)head.parts << head.depth));
  } else if (head.kind == LINKED) {
    nodes = take(&at, sizeof(Node) * (size_t)head.nodes);
    values = take(&at, 4 * (size_t)head.nodes), starts = take(&at, 4 * (size_t)head.parts), depths = take(&at, 4 * (size_t)head.parts);
  } else
    for (int l = 0; l < head.parts; l++) {
      const int *shape = take(&at, 12);
      layers[l] = (Layer){shape[0], shape[1], shape[2], NULL, NULL};
      layers[l].weights = take(&at, 4 * (size_t)shape[0] * shape[1]), layers[l].bias = take(&at, 4 * (size_t)shape[1]);
    }
  const float *rows = (const float *)readFile(argv[2], &length);
  int total = length / 4 / head.features, size, repeats, most;
  double *raw = malloc(8 * (size_t)total * head.classes), *out = malloc(8 * (size_t)total * head.classes);
  predict(rows, total, raw, out);
  FILE *answers = fopen(argv[3], "wb");
  if (!answers || fwrite(out, 8, (size_t)total * head.classes, answers) == 0 || fclose(answers)) return 1;
  puts("ready"), fflush(stdout);
  while (scanf("%d %d %d", &size, &repeats, &most) == 3) {
    int slabs = total / size, slab = 0;
    if (slabs > most) slabs = most;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < repeats; i++) {
      predict(rows + (size_t)slab * size * head.features, size, raw, out);
      if (++slab >= slabs) slab = 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%lld\n", (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec), fflush(stdout);
  }
  return 0;
}
