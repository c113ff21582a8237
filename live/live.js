/* The page: what it asks of the library (live.c), its controls, its pictures. The same file is the page's script, its worker's, and
 * what node runs in tests/live; which of them it is, it finds out at its end. */
"use strict";

// ---- the library -----------------------------------------------------------------------------------------------------------

const NAMES = {
  architecture: ["elman", "lstm", "gru"],
  activation: ["sigmoid", "tanh", "relu", "linear"],
  init: ["gaussian", "orthogonal", "identity"],
  norm: ["none", "input", "full", "separate"],
  task: ["order", "last", "adding"],
  kind: ["sigmoid", "tanh", "relu", "linear", "irnn", "orthogonal", "lstm", "gru"],
  optimizer: ["sgd", "rmsprop", "adam"],
  clip: ["none", "norm"],
};
const STATUS = ["ok", "diverged", "zero", "memory"]; // of enum rnn_status, those a page can meet; others are a fault of the spec

// The lags of the fit behind r.
const fitted = length => length > 42 ? [10, 40] : [0, length - 1];

async function library(bytes) {
  const { exports: c } = (await WebAssembly.instantiate(bytes, {})).instance;
  c._initialize();
  const doubles = (at, count) => new Float64Array(c.memory.buffer, at, count).slice();
  const out = count => [...doubles(c.live_out(), count)];
  const index = (axis, s) => NAMES[axis].indexOf(s[axis]);
  const specify = s => c.live_spec(index("architecture", s), index("activation", s), index("init", s), index("norm", s), s.gamma,
    s.scale, s.forget, s.drive, s.length, s.hidden, s.batch, s.inputs);
  const named = status => {
    if (status in STATUS) return STATUS[status];
    const at = c.live_fault(), memory = new Uint8Array(c.memory.buffer);
    return new TextDecoder().decode(memory.slice(at, memory.indexOf(0, at)));
  };
  const log10 = natural => natural / Math.LN10;
  let run = null; // the training

  return {
    // log10 ||dL/dh_t|| by lag, up to the first exact zero; the theory's factor a step; the fit; the clip.
    fade(s) {
      specify(s);
      const theory = c.live_theory(), status = named(c.live_fade(s.seed, s.clip === "norm" ? 2 : 1));
      if (status !== "ok" && status !== "zero") return { status, norm: [], theory };
      const norm = doubles(c.live_array(1), s.length).reverse().map(log10);
      const fit = c.live_fit(...fitted(s.length)) === 0 ? out(4) : null;
      const clip = s.clip === "norm" && c.live_clip(s.threshold) === 0 ? out(2).map(log10) : null;
      const end = norm.indexOf(-Infinity);
      return { status, norm: end < 0 ? norm : norm.slice(0, end), theory, fit, clip };
    },
    // Every number of that pass, as --arrays names them.
    everything(s) {
      specify(s);
      const status = named(c.live_fade(s.seed, 3)), G = [1, 4, 3][index("architecture", s)], H = s.hidden, T = s.length, B = s.batch;
      const I = s.drive === 0 ? 0 : s.inputs;
      c.live_true_gradients();
      const array = (number, count) => doubles(c.live_array(number), count);
      return { status, log_dh: array(1, T), W_hh: array(3, G * H * H), W_xh: array(4, G * H * I), x: array(5, T * B * I),
        h: array(6, (T + 1) * B * H), dh: array(7, T * B * H) };
    },
    // What the loss of the last byte feels of each byte before it, and of the state there: log10 ||dL/dx_t||, log10 ||dL/dh_t||.
    letters(s, read) {
      const length = read.length - 1;
      new Uint8Array(c.memory.buffer).set(read, c.live_text());
      specify({ ...s, architecture: "elman", norm: "none", gamma: 1, forget: 0, length, batch: 1, inputs: 256 });
      const status = named(c.live_letters(s.seed, length));
      if (status !== "ok" && status !== "zero") return { status };
      return { status, felt: doubles(c.live_array(0), length).map(log10), norm: doubles(c.live_array(1), length).map(log10) };
    },
    begin(s) {
      const status = named(c.live_learner(index("task", s), index("kind", s), s.length, s.hidden, s.batch, index("optimizer", s),
        s.rate, index("clip", s), s.threshold, s.seed));
      run = { ...s, made: 0, over: status !== "ok", solved: 0 };
      return { status };
    },
    // As many updates as fit in so many milliseconds, `most` at most, with the tests of `learning`: 500 sequences every 100 updates,
    // where those pass 10 000 more, and those at an end between.
    train(milliseconds, most) {
      const steps = [], until = Date.now() + milliseconds;
      while (!run.over && steps.length < most && (steps.length === 0 || Date.now() < until)) {
        const status = named(c.live_update()), [updates, loss, norm, clipped] = out(4), step = { loss };
        if (status !== "ok") return { steps, over: run.over = true, status };
        run.made = updates;
        Object.assign(step, { norm: log10(norm), clipped, fade: doubles(c.live_array(2), run.length).reverse().map(log10) });
        const test = sequences => c.live_test(sequences) === 0 && ([step.tested, step.error] = [sequences, out(2)[1]]);
        if (updates % 100 === 0) test(500);
        if (step.tested && step.error < run.goal) test(10000);
        if (step.tested === 10000 && step.error < run.goal) run.over = run.solved = true;
        if (!run.over && updates >= run.updates) run.over = true, updates % 100 === 0 || test(10000);
        steps.push(step);
      }
      return { steps, over: run.over, solved: run.solved, status: "ok" };
    },
    errors(g) {
      c.live_errors(g.length, g.columns * g.rows, g.w, g.wStep, g.b, g.bStep, g.columns);
      return doubles(c.live_array(0), g.columns * g.rows);
    },
    // [w, b, error, norm] after 0, 1, ... updates.
    descend(s, clip) {
      const count = c.live_descend(s.length, s.w, s.b, s.rate, clip ? 1 : 0, s.threshold, s.updates);
      const flat = doubles(c.live_array(0), 4 * count);
      return Array.from({ length: count }, (_, i) => [...flat.subarray(4 * i, 4 * i + 4)]);
    },
  };
}

// ---- settings, commands and the address ------------------------------------------------------------------------------------

// An axis has names, or a range with a step; `count` is a whole number that a command line takes beyond what the page does.
const named = (axis, initial, more) => ({ axis, values: NAMES[axis], initial, more });
const real = (axis, low, high, step, initial, more) => ({ axis, low, high, step, initial, more });
const count = (axis, low, high, step, initial, more) => ({ axis, low, high, step, initial, more, count: true });
const AXES = {
  fade: [real("scale", 0.05, 3, 0.01, 1), named("activation", "tanh"), count("length", 10, 500, 1, 100),
    count("hidden", 2, 256, 1, 64), named("architecture", "elman", true), real("forget", -4, 8, 0.25, 1, true),
    named("init", "gaussian", true), real("drive", 0, 2, 0.01, 0.1, true), named("norm", "none", true),
    real("gamma", 0.05, 4, 0.05, 1, true), named("clip", "none", true), real("threshold", 0.01, 10, 0.01, 1, true),
    count("batch", 1, 64, 1, 4, true), count("inputs", 1, 64, 1, 16, true), count("seed", 0, 99, 1, 1, true)],
  text: [real("scale", 0.05, 3, 0.01, 1), named("activation", "tanh"), count("hidden", 2, 256, 1, 64),
    count("reach", 10, 400, 10, 120, true), named("init", "gaussian", true), real("drive", 0.01, 2, 0.01, 0.1, true), count("seed", 0, 99, 1, 1, true)],
  train: [named("kind", "tanh"), named("task", "order"), count("length", 10, 100, 1, 20), count("hidden", 2, 128, 1, 50, true),
    count("batch", 1, 64, 1, 20, true), named("optimizer", "adam", true), real("rate", 0.0005, 0.1, 0.0005, 0.002, true),
    named("clip", "norm", true), real("threshold", 0.01, 10, 0.01, 1, true), real("goal", 0.01, 0.5, 0.01, 0.01, true),
    count("updates", 100, 5000, 100, 1500, true), count("seed", 0, 99, 1, 1, true)],
  cliff: [real("w", 3, 7, 0.01, 5), real("b", -4, -1, 0.01, -2.75), real("rate", 0.05, 3, 0.05, 1),
    real("threshold", 0.01, 1, 0.01, 0.1),
    count("updates", 1, 300, 1, 100, true), count("length", 2, 100, 1, 50, true)],
};
const HIDDEN = { // axes without a meaning in the settings at hand
  fade: {
    activation: s => s.architecture !== "elman",
    forget: s => s.architecture === "elman",
    norm: s => s.architecture !== "elman",
    gamma: s => consistent(s).norm === "none",
    clip: s => s.architecture !== "elman" || s.norm !== "none",
    threshold: s => consistent(s).clip === "none",
    inputs: s => s.drive === 0,
  },
  text: {}, train: { threshold: s => s.clip === "none" }, cliff: {},
};
const initial = view => Object.fromEntries(AXES[view].map(({ axis, initial }) => [axis, initial]));

// What a gated cell or a norm rules out is set back, so that the hidden control does not act.
function consistent(s) {
  const plain = { ...s };
  if (s.architecture !== "elman") Object.assign(plain, { activation: "tanh", norm: "none", clip: "none" });
  else plain.forget = 0;
  if (plain.norm !== "none") plain.clip = "none";
  return plain;
}

const MOST_WORK = 1.5e8; // multiply-adds of a pass: about a tenth of a second
function tooLarge(view, s) {
  const over = AXES[view].find(({ axis, high, count }) => count && axis !== "seed" && s[axis] > high);
  if (over) return [over.axis, over.high];
  if (view !== "fade") return null;
  const gates = [1, 4, 3][NAMES.architecture.indexOf(s.architecture)];
  const most = MOST_WORK / (s.length * s.hidden * gates * (2 * s.hidden + s.inputs));
  return s.batch > Math.max(1, most) ? ["batch", Math.max(1, Math.floor(most))] : null;
}

const program = (name, flags) =>
  `EVANESCE_LEVEL=plain build/experiments/${name} ${Object.entries(flags).map(([flag, value]) => `--${flag} ${value}`).join(" ")}`;
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;
const pick = (s, axes) => Object.fromEntries(axes.split(" ").map(axis => [axis, s[axis]]));

// The command lines that give the page's numbers.
const COMMANDS = {
  fade(given, seeds = 8) {
    const s = consistent(given), seed = seeds > 1 ? `${s.seed}:${s.seed + seeds - 1}` : `${s.seed}`;
    const common = { ...pick(s, "init scale length hidden batch inputs drive"), seed }, [first, last] = fitted(s.length);
    const arrays = { first, last, arrays: "fade", out: "-" };
    if (s.architecture !== "elman") return [program("gates", { ...pick(s, "architecture forget"), ...common, ...arrays })];
    if (s.norm !== "none") return [program("batchnorm", { ...pick(s, "activation norm gamma"), ...common, ...arrays })];
    const elman = { ...pick(s, "activation"), ...common };
    return [program("vanishing", { ...elman, out: "-" }), program("critical", { ...elman, first, last, out: "-" }),
      ...s.clip === "norm" ? [program("clipping", { ...elman, seed: s.seed, ...pick(s, "clip threshold"), out: "-" })] : []];
  },
  text(s, window) {
    const length = new TextEncoder().encode(window).length - 1;
    return [`printf %s ${quoted(window)} > letters.txt`, program("prose", { file: "letters.txt", source: "text",
      ...pick(s, "activation init scale"), length, ...pick(s, "hidden"), batch: 1, ...pick(s, "drive seed"), arrays: "letters", out: "-" })];
  },
  // The map too, every 50 updates, of a cell without gates.
  train(s, made = s.updates) {
    const updates = Math.max(1, made), { goal, ...others } = s, course = { scale: 1, ...others, updates, out: "-" };
    return [program("learning", { ...s, updates, out: "-" }), ...["lstm", "gru"].includes(s.kind) ? [] : [program("course", course)]];
  },
  cliff: s => [program("cliff", { ...s, clip: "none,norm", out: "-" })],
};

// {state, ignored}: what an address asks for, and what of it says nothing.
function fromAddress(hash) {
  const state = Object.fromEntries(Object.keys(AXES).map(view => [view, initial(view)])), ignored = [];
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
    const [view, axis] = key.includes(".") ? key.split(".") : ["fade", key];
    const found = AXES[view]?.find(control => control.axis === axis), number = value.trim() === "" ? NaN : Number(value);
    if (key === "lang" && LANGUAGES.includes(value.slice(0, 2))) state.lang = value.slice(0, 2); // pt-BR too
    else if (key === "text.at" && Number.isInteger(number) && number > 0) state.at = number;
    else if (key === "text.own") state.own = value.slice(0, MOST_TEXT);
    else if (found?.values?.includes(value)) state[view][axis] = value;
    else if (found && !found.values && number >= found.low && number <= (found.count ? Number.MAX_SAFE_INTEGER : found.high)
      && (!found.count || Number.isInteger(number))) state[view][axis] = number;
    else ignored.push(found ? `${key}=${value} (${found.values?.join(", ") ?? `${found.low}–${found.high}`})` : `${key}=${value}`);
  }
  return { state, ignored };
}

function toAddress(state) {
  const address = new URLSearchParams();
  if (state.lang) address.set("lang", state.lang);
  for (const view in AXES)
    for (const { axis, initial } of AXES[view])
      if (state[view][axis] !== initial) address.set(view === "fade" ? axis : `${view}.${axis}`, state[view][axis]);
  if (state.at) address.set("text.at", state.at);
  if (state.own !== undefined) address.set("text.own", state.own);
  return address.toString();
}
const MOST_TEXT = 1500; // letters a reader may type

// ---- words -----------------------------------------------------------------------------------------------------------------

// Portuguese and English, side by side.
const LANGUAGES = ["pt", "en"];
const WORDS = {
  language: ["English", "Português"],
  title: ["evanesce, ao vivo", "evanesce, live"],
  about: [
    "Nada sai desta página: os números são calculados aqui, pela mesma biblioteca em C que os testes conferem.",
    "Nothing leaves this page: the numbers are computed here, by the very C library the tests hold.",
  ],
  fade: ["Quanto do gradiente chega ao passo t?", "How much of the gradient reaches step t?"],
  text: ["Quais letras o erro ainda sente?", "Which letters does the error still feel?"],
  train: ["O que o treino alcança?", "How far does training reach?"],
  cliff: ["O que faz um passo à beira do penhasco?", "What does a step do at the edge of the cliff?"],
  scale: ["escala σ de W", "scale σ of W"],
  activation: ["ativação", "activation"],
  length: ["comprimento T", "length T"],
  hidden: ["unidades H", "units H"],
  architecture: ["célula", "cell"],
  forget: ["viés da porta que guarda", "bias of the gate that keeps"],
  init: ["início de W", "start of W"],
  drive: ["entrada, variância s²", "input, variance s²"],
  norm: ["normalização em lote", "batch normalisation"],
  gamma: ["ganho γ", "gain γ"],
  clip: ["recorte do gradiente", "gradient clipping"],
  threshold: ["limiar do recorte", "clipping threshold"],
  batch: ["sequências B", "sequences B"],
  inputs: ["dimensão da entrada I", "input dimension I"],
  seed: ["semente", "seed"],
  reach: ["letras lidas antes do cursor", "letters read before the cursor"],
  task: ["tarefa", "task"],
  kind: ["rede", "network"],
  optimizer: ["otimizador", "optimiser"],
  rate: ["taxa de aprendizado", "learning rate"],
  goal: ["erro que conta como resolvido", "error that counts as solved"],
  updates: ["atualizações", "updates"],
  w: ["peso w", "weight w"],
  b: ["viés b", "bias b"],
  normNone: ["nenhuma", "none"],
  clipNorm: ["pela norma", "by norm"],
  kindOrthogonal: ["tanh ortogonal", "orthogonal tanh"],
  more: ["Mais ajustes", "More settings"],
  command: ["Os mesmos números na linha de comando", "The same numbers on the command line"],
  copy: ["Copiar", "Copy"],
  copied: ["Copiado", "Copied"],
  numbers: ["Números", "Numbers"],
  reset: ["Valores iniciais", "Back to the start"],
  level: [
    "EVANESCE_LEVEL=plain: em x86-64, a aritmética do navegador, sem multiplicação e soma fundidas; sem ele, os últimos dígitos mudam.",
    "EVANESCE_LEVEL=plain: on x86-64 the arithmetic of the browser, without fused multiply-add; without it the last digits differ.",
  ],
  arrays: [
    "A curva inteira: fade/cell-00000/log_dh.npy (logaritmo natural, t = 1…T).",
    "The whole curve: fade/cell-00000/log_dh.npy (natural logarithm, t = 1…T).",
  ],
  lettersArrays: [
    "A coluna log10_norm é ‖∂L/∂h‖; de ‖∂L/∂x‖, os fatores estão em letters/cell-00000.",
    "The column log10_norm is ‖∂L/∂h‖; of ‖∂L/∂x‖ the factors are in letters/cell-00000.",
  ],
  lag: ["passos de volta, k = T − t", "steps back, k = T − t"],
  norms: ["‖∂L/∂h‖", "‖∂L/∂h‖"],
  theory: ["teoria", "theory"],
  gate: ["só a porta", "the gate alone"],
  clipped: ["recortado", "clipped"],
  zero: ["zero", "zero"],
  infinite: ["infinito", "infinite"],
  band: ["Faixa: ± 1 desvio-padrão de 8 sementes.", "Band: ± 1 standard deviation of 8 seeds."],
  fades: [
    (r, half, tenth) => `O gradiente evanesce: fator r = ${r} por passo, metade a cada ${half} passos. Depois de ${tenth} passos resta um décimo.`,
    (r, half, tenth) => `The gradient vanishes: a factor r = ${r} a step, half every ${half} steps. After ${tenth} steps, one tenth is left.`,
  ],
  explodes: [
    (r, half, tenth) => `O gradiente explode: fator r = ${r} por passo, o dobro a cada ${half} passos. Depois de ${tenth} passos é dez vezes maior.`,
    (r, half, tenth) => `The gradient explodes: a factor r = ${r} a step, double every ${half} steps. After ${tenth} steps it is ten times larger.`,
  ],
  holds: [r => `O gradiente se mantém: fator r = ${r} por passo.`, r => `The gradient holds: a factor r = ${r} a step.`],
  lost: [
    (format, lag) => `${format} mostra zero a partir de ${lag} passos.`,
    (format, lag) => `${format} shows zero from ${lag} steps on.`,
  ],
  clipSays: [
    (before, after, scale) => `Recorte pela norma: ‖∂L/∂W‖ = ${before} passa a ${after}. Tudo é multiplicado por ${scale}; a inclinação, o que se perde de longe, não muda.`,
    (before, after, scale) => `Clipping by norm: ‖∂L/∂W‖ = ${before} becomes ${after}. Everything is multiplied by ${scale}; the slope, what is lost from afar, stays.`,
  ],
  clipIdle: [
    before => `Recorte pela norma: ‖∂L/∂W‖ = ${before}, abaixo do limiar; nada muda.`,
    before => `Clipping by norm: ‖∂L/∂W‖ = ${before}, below the threshold; nothing changes.`,
  ],
  diverged: [
    "Os estados passam do que um double guarda: a rede diverge.",
    "The states leave what a double holds: the network diverges.",
  ],
  dead: [
    lag => `De ${lag} passos em diante o gradiente é exatamente zero.`,
    lag => `From ${lag} steps on the gradient is exactly zero.`,
  ],
  fault: [why => `Com esses valores não há rede: ${why}`, why => `These values make no network: ${why}`],
  tooLarge: [
    (axis, most) => `Grande demais para esta página: ${axis} até ${most} com os outros valores assim. No seu computador:`,
    (axis, most) => `Too large for this page: ${axis} up to ${most} with the other values as they are. On your machine:`,
  ],
  ignored: ["Do endereço não se entendeu:", "Not understood in the address:"],
  allIgnored: ["e vale o valor inicial.", "so the initial value stands."],
  textHow: [
    "Escolha uma letra: a rede, recém-sorteada, lê o que vem antes e tenta adivinhá-la. Quanto mais cor, mais o erro sente a letra.",
    "Choose a letter: the network, freshly drawn, reads what comes before it and tries to guess it. The more colour, the more the error feels a letter.",
  ],
  own: ["Ou escreva um texto seu", "Or write a text of your own"],
  cursor: ["letra escolhida", "letter chosen"],
  textSays: [
    (letter, count, share) => `Para prever “${letter}”: as ${count} letras anteriores guardam 99 % do que o erro sente; a primeira lida pesa ${share} da última.`,
    (letter, count, share) => `To predict “${letter}”: the ${count} letters before it hold 99 % of what the error feels; the first one read weighs ${share} of the last.`,
  ],
  feels: ["‖∂L/∂x‖, em relação à maior", "‖∂L/∂x‖, relative to the largest"],
  play: ["Treinar", "Train"],
  pause: ["Pausar", "Pause"],
  step: ["Um passo", "One step"],
  again: ["Recomeçar", "Start again"],
  clipOn: ["Recorte: ligado", "Clipping: on"],
  clipOff: ["Recorte: desligado", "Clipping: off"],
  trainHow: [
    "Cor: ‖∂L/∂h‖ a k passos da perda, em relação à do último passo, a cada atualização.",
    "Colour: ‖∂L/∂h‖ at k steps from the loss, relative to that of the last step, at every update.",
  ],
  update: ["atualização", "update"],
  ready: [
    "Ao treinar, o mapa se preenche. Ligar ou desligar o recorte recomeça da mesma semente.",
    "While it trains, the map fills in. Switching the clipping starts again from the same seed.",
  ],
  gradient: ["‖g‖ antes do recorte", "‖g‖ before clipping"],
  trained: [
    (made, loss, norm) => `Atualização ${made}: perda ${loss}, ‖g‖ = ${norm}.`,
    (made, loss, norm) => `Update ${made}: loss ${loss}, ‖g‖ = ${norm}.`,
  ],
  tested: [(error, n) => ` Erro em ${n} sequências novas: ${error}.`, (error, n) => ` Error on ${n} fresh sequences: ${error}.`],
  solved: [" Resolvida.", " Solved."],
  unsolved: [" Não resolvida.", " Not solved."],
  lostRun: ["Um número deixou de ser finito: o treino acabou.", "A number is no longer finite: the training is over."],
  cutShare: [share => ` Recortadas: ${share} das atualizações.`, share => ` Clipped: ${share} of the updates.`],
  cliffHow: [
    "Clique no mapa, ou mova w e b: uma bola desce dali, com e sem recorte.",
    "Click on the map, or move w and b: a ball descends from there, with and without clipping.",
  ],
  descend: ["Soltar a bola", "Let the ball go"],
  error: ["erro E", "error E"],
  cliffSays: [(free, cut) => `Sem recorte: ${free}. Com recorte: ${cut}.`, (free, cut) => `Unclipped: ${free}. Clipped: ${cut}.`],
  ends: [(w, b, e) => `termina em w = ${w}, b = ${b}, erro ${e}`, (w, b, e) => `ends at w = ${w}, b = ${b}, error ${e}`],
  gone: [n => `perde-se depois de ${n} passos`, n => `is lost after ${n} steps`],
  free: ["sem recorte", "unclipped"],
  cut: ["com recorte", "clipped"],
};
const NAMED = { // of a value; others as on the command line
  sigmoid: ["sigmoide", "sigmoid"],
  relu: ["ReLU", "ReLU"],
  linear: ["linear", "linear"],
  gaussian: ["gaussiano", "gaussian"],
  orthogonal: ["ortogonal", "orthogonal"],
  identity: ["identidade", "identity"],
  none: ["nenhum", "none"],
  input: ["entrada", "input"],
  full: ["soma", "sum"],
  separate: ["cada parte", "each part"],
  elman: ["Elman", "Elman"],
  lstm: ["LSTM", "LSTM"],
  gru: ["GRU", "GRU"],
  order: ["ordem temporal", "temporal order"],
  last: ["o penúltimo símbolo", "the last symbol but one"],
  adding: ["soma de dois", "adding two"],
  irnn: ["ReLU, W = I (IRNN)", "ReLU, W = I (IRNN)"],
  sgd: ["SGD", "SGD"],
  rmsprop: ["RMSprop", "RMSprop"],
  adam: ["Adam", "Adam"],
};

// ---- drawing ---------------------------------------------------------------------------------------------------------------

const escaped = text => String(text).replace(/[&<>"]/g, letter => `&#${letter.charCodeAt(0)};`);
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// Ticks at 1, 2 or 5 times a power of ten, about so many.
function ticks(low, high, about) {
  const rough = (high - low) / about, ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * [1, 2, 5, 10].find(factor => factor * ten >= rough), first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
const power = exponent => `10<tspan dy="-5" font-size="12">${String(Math.round(exponent)).replace("-", "−")}</tspan>`;

// A frame with axes, as an object that knows where a number lies. x, y: {low, high, title, label}.
function frame(width, height, x, y) {
  const left = 58, right = 14, top = 14, bottom = 46;
  const at = {
    x: v => left + (v - x.low) / (x.high - x.low) * (width - left - right),
    y: v => top + (y.high - v) / (y.high - y.low) * (height - top - bottom),
  };
  const line = (...given) => ["x1", "y1", "x2", "y2"].reduce((tag, end, i) => `${tag} ${end}="${given[i].toFixed(1)}"`,
    `<line class="${given[4]}"`) + "/>";
  const grid = ticks(y.low, y.high, (height - 60) / 48).map(v => line(left, at.y(v), width - right, at.y(v), "grid") +
    `<text x="${left - 8}" y="${(at.y(v) + 5).toFixed(1)}" text-anchor="end">${y.label(v)}</text>`).join("") +
    ticks(x.low, x.high, (width - 80) / 70).map(v => line(at.x(v), height - bottom, at.x(v), height - bottom + 5, "axis") +
      `<text x="${at.x(v).toFixed(1)}" y="${height - bottom + 20}" text-anchor="middle">${x.label(v)}</text>`).join("");
  const axes = line(left, height - bottom, width - right, height - bottom, "axis") + line(left, top, left, height - bottom, "axis") +
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${x.title}</text>`;
  const pair = ([a, b]) => `${at.x(a).toFixed(1)},${at.y(b).toFixed(1)}`;
  const path = (points, kind) => points.length ? `<path class="${kind}" d="M${points.map(pair).join("L")}"/>` : "";
  const within = `inside${width}x${height}`, area = `width="${width - left - right}" height="${height - top - bottom}"`;
  const picture = inside => `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false">` +
    `<clipPath id="${within}"><rect x="${left}" y="${top}" ${area}/></clipPath>${grid}<g clip-path="url(#${within})">${inside}</g>${axes}`;
  return { ...at, left, right: width - right, top, bottom: height - bottom, path, picture };
}

// Smallest and largest positive numbers of a format, as log10: below half the smallest, a value is rounded to zero.
const FORMATS = [["float16", -24, 15.9993], ["bfloat16", -133, 127.9944], ["float32", -149, 128], ["double", -1074, 1024]]
  .map(([name, least, most]) => ({ name, least: least * Math.log10(2), most: most * Math.log10(2) }));

function fadePicture(width, s, result, band, words) {
  const entry = 0.5 * Math.log10(s.batch * s.hidden), T = s.length, theory = k => result.norm[0] + k * result.theory;
  const shown = [...result.norm, theory(T - 1)].filter(Number.isFinite);
  const low = Math.min(-20, Math.floor((Math.min(...shown) - 2) / 20) * 20);
  const high = Math.max(10, Math.ceil((Math.max(...shown) + 1) / 10) * 10);
  const f = frame(width, clamp(width * 0.55, 300, 460), { low: 0, high: T - 1, title: words.lag, label: v => v }, { low, high, label: power });
  let picture = "", labels = "";
  const steep = result.norm.findIndex(v => v < FORMATS[0].least + entry), falls = result.norm.at(-1) < result.norm[0];
  const note = (text, y, right) => `<text class="quiet" x="${right ? f.right - 8 : f.left + 8}" y="${y}" ` +
    `text-anchor="${right ? "end" : "start"}">${text}</text>`;
  const lost = (from, to) => `<rect class="lost" x="${f.left}" y="${from}" width="${f.right - f.left}" height="${to - from}"/>`;
  FORMATS.forEach(({ name, least, most }, i) => {
    const zero = least + entry, infinite = most + entry;
    if (zero > low) {
      const room = Math.min(f.bottom, f.y((FORMATS[i + 1]?.least ?? -Infinity) + entry)) - f.y(zero); // bfloat16 lies close above float32
      picture += lost(f.y(zero), f.bottom);
      if (room > 15) labels += note(`${name}: ${words.zero}`, f.y(zero) + 15, i === 0 && steep >= 0 && steep < T / 3);
    }
    if (infinite < high && (i !== 2)) {
      picture += lost(f.top, f.y(infinite));
      if (f.y(infinite) - f.top > 16) labels += note(`${name}: ${words.infinite}`, f.y(infinite) - 5, false);
    }
  });
  const colour = s.activation;
  if (band.length > 1) {
    const length = Math.min(...band.map(norm => norm.length)), sides = [[], []];
    for (let k = 0; k < length; k++) {
      const mean = band.reduce((sum, norm) => sum + norm[k], 0) / band.length;
      const sd = Math.sqrt(band.reduce((sum, norm) => sum + (norm[k] - mean) ** 2, 0) / (band.length - 1));
      sides[0].push([k, mean + sd]), sides[1].unshift([k, mean - sd]);
    }
    picture += f.path([...sides[0], ...sides[1]], `band ${colour}`);
  }
  if (!Number.isNaN(result.theory)) picture += f.path([[0, theory(0)], [T - 1, theory(T - 1)]], "theory");
  const shift = result.clip ? result.clip[1] - result.clip[0] : 0; // what clipping makes of it
  picture += f.path(Array.from(result.norm, (v, k) => [k, v]), `curve ${colour}`);
  if (shift < 0) picture += f.path(Array.from(result.norm, (v, k) => [k, v + shift]), `curve clipped ${colour}`);
  FORMATS.slice(0, 3).forEach(({ least }) => {
    const k = result.norm.findIndex(v => v < least + entry);
    if (k > 0) picture += `<circle class="crossing" cx="${f.x(k)}" cy="${f.y(least + entry)}" r="4.5"/>`,
      labels += `<text x="${f.x(k) + 8}" y="${f.y(least + entry) - 7}">${k}</text>`;
  });
  const key = [["curve " + colour, words.norms]];
  if (!Number.isNaN(result.theory)) key.push(["theory", s.architecture === "elman" ? words.theory : words.gate]);
  if (shift < 0) key.push(["curve clipped " + colour, words.clipped]);
  const first = falls ? f.top + 12 : f.bottom - 20 * key.length;
  key.forEach(([kind, label], i) => labels += `<path class="${kind}" d="M${f.right - 150},${first + 20 * i}h34"/>` +
    `<text x="${f.right - 108}" y="${first + 5 + 20 * i}">${label}</text>`);
  return `${f.picture(picture)}${labels}</svg>`;
}

// Colours between stops [value, red, green, blue]; ends hold beyond.
const MAP = [[-6, 8, 48, 107], [-4, 33, 113, 181], [-2, 158, 202, 225], [0, 255, 255, 255], [1, 253, 174, 107], [2, 166, 54, 3]];
const ERRORS = [[0, 255, 253, 245], [0.09, 223, 232, 239], [0.25, 143, 176, 207], [0.46, 43, 74, 119]];
function tint(value, stops) {
  const next = value >= stops.at(-1)[0] ? stops.length - 1 : Math.max(1, stops.findIndex(stop => stop[0] > value));
  const [a, b] = [stops[next - 1], stops[next]], share = clamp((value - a[0]) / (b[0] - a[0]), 0, 1);
  return [1, 2, 3].map(c => Math.round(a[c] + share * (b[c] - a[c])));
}

// Ink that can be read on a colour, by its relative luminance.
const inkOn = colour => colour.reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * (c / 255) ** 2.2, 0) > 0.18 ? "#111" : "#fff";
const patch = (colour, text) => `<span style="background:rgb(${colour});color:${inkOn(colour)}">${text}</span>`;

// A picture of columns x rows values, as a data address.
function raster(columns, rows, value, stops) {
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows }), pen = canvas.getContext("2d");
  const image = pen.createImageData(columns, rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const v = value(x, y);
      if (v !== undefined && !Number.isNaN(v)) image.data.set([...tint(v, stops), 255], 4 * (y * columns + x));
    }
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
const image = (f, address) => `<image href="${address}" x="${f.left}" y="${f.top}" width="${f.right - f.left}" ` +
  `height="${f.bottom - f.top}" preserveAspectRatio="none"/>`;
const upright = (f, text) => `<text transform="translate(12 ${(f.top + f.bottom) / 2}) rotate(-90)" text-anchor="middle">${text}</text>`;

function trainPictures(width, s, steps, words) {
  const T = s.length, made = steps.length, span = Math.min(s.updates, [200, 500, 1000, 2000, 5000].find(most => most >= made));
  const columns = Math.min(span, 1000), each = span / columns;
  const map = frame(width, clamp(width * 0.36, 220, 320), { low: 0, high: span, title: words.update, label: v => v }, { low: -0.5, high: T - 0.5, label: v => v });
  const address = raster(columns, T, (x, y) => steps[Math.floor(x * each)]?.fade[T - 1 - y] - steps[Math.floor(x * each)]?.fade[0], MAP);
  const norms = steps.map((step, i) => [i + 1, step.norm]).filter(([, v]) => Number.isFinite(v)), values = norms.map(([, v]) => v);
  const low = Math.floor(Math.min(-2, ...values)), high = Math.ceil(Math.max(1, ...values));
  const g = frame(width, 190, { low: 0, high: span, title: words.update, label: v => v }, { low, high, label: power });
  const threshold = s.clip === "none" ? "" : g.path([[0, Math.log10(s.threshold)], [span, Math.log10(s.threshold)]], "theory");
  return `<p class="caption">${words.trainHow} ${scaleBar(MAP, [-6, -4, -2, 0, 2])}</p>${map.picture(made ? image(map, address) : "")}` +
    `${upright(map, "k = T − t")}</svg>` +
    `<p class="caption">${words.gradient}${s.clip === "none" ? "" : ` · ${words.threshold} ${s.threshold}`}</p>${g.picture(threshold + g.path(norms, "curve tanh thin"))}</svg>`;
}

const scaleBar = (stops, values, label = v => v === 0 ? "1" : `10<sup>${String(v).replace("-", "−")}</sup>`) =>
  `<span class="bar">${values.map(v => patch(tint(v, stops), label(v))).join("")}</span>`;

const GRID = { columns: 101, rows: 101, w: 3, wStep: 0.04, b: -4, bStep: 0.03 };
const sigmoid = x => 1 / (1 + Math.exp(-x)), wallAt = w => 0.5 - w * sigmoid(0.5), WALL = 1 / sigmoid(0.5) / (1 - sigmoid(0.5));

function cliffFrame(width, words) {
  return frame(width, clamp(width * 0.6, 300, 500), { low: 3, high: 7, title: words.w, label: v => v }, { low: -4, high: -1, label: v => String(v).replace("-", "−") });
}
function cliffPicture(width, s, surface, free, cut, shown, words) {
  const f = cliffFrame(width, words), wall = Array.from({ length: 50 }, (_, i) => WALL + (7 - WALL) * i / 49).map(w => [w, wallAt(w)]);
  const ball = (path, kind) => path.length ? `<circle class="ball ${kind}" cx="${f.x(path.at(-1)[0])}" cy="${f.y(path.at(-1)[1])}" r="7"/>` : "";
  const stop = kind => ([w, b]) => `<circle class="stop ${kind}" cx="${f.x(w).toFixed(1)}" cy="${f.y(b).toFixed(1)}" r="2.5"/>`;
  const walk = (path, kind) => f.path(path, `walk ${kind}`) + path.map(stop(kind)).join("") + ball(path, kind);
  return `${f.picture(`<g class="onMap">${image(f, surface)}${f.path([[3, wallAt(3)], [WALL, wallAt(WALL)]], "theory dotted")}${f.path(wall, "theory")}` +
    walk(free.slice(0, shown), "free") + walk(cut.slice(0, shown), "cut") +
    `<rect class="start" x="${f.x(s.w) - 8}" y="${f.y(s.b) - 8}" width="16" height="16"/></g>`)}` +
    `${upright(f, words.b)}</svg>`;
}

// ---- the page --------------------------------------------------------------------------------------------------------------

// Calls of the library, in a worker where there can be one.
function caller(bytes) {
  let worker;
  try {
    worker = new Worker(URL.createObjectURL(new Blob([document.getElementById("script").textContent], { type: "text/javascript" })));
  } catch {
    const here = library(bytes);
    return async (name, ...given) => (await here)[name](...given);
  }
  const waiting = new Map();
  let number = 0;
  worker.onmessage = ({ data: [id, result, fault] }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (fault) reject(new Error(fault));
    else resolve(result);
  };
  worker.postMessage(bytes);
  return (name, ...given) => new Promise((resolve, reject) => {
    waiting.set(++number, { resolve, reject });
    worker.postMessage([number, name, given]);
  });
}

// Runs `job` now, or once more after the run under way: never two at a time, never an old one after a new one.
function latest(job) {
  let busy = false, again = false;
  return async function run() {
    again = true;
    if (busy) return;
    try {
      for (busy = true; again;) {
        again = false;
        await job(() => again);
      }
    } finally {
      busy = false;
    }
  };
}

function page(call, callTraining, prose) {
  let { state, ignored } = fromAddress(location.hash), words, lang, saving;
  const views = {}, at = id => document.getElementById(id), frameOf = () => new Promise(requestAnimationFrame);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const decimal = (v, digits) => v.toLocaleString(lang === "pt" ? "pt-BR" : "en", { maximumSignificantDigits: digits, useGrouping: false }).replace("-", "−");
  // A positive number by its logarithm, which may lie beyond a double.
  const size = (log10, digits = 3) => log10 > -3 && log10 < 6 ? decimal(10 ** log10, digits)
    : `${decimal(10 ** (log10 - Math.floor(log10)), digits)} × 10${[...String(Math.floor(log10))].map(digit => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("")}`;
  const number = (v, digits = 3) => v === 0 || Math.abs(v) >= 1e-3 && Math.abs(v) < 1e6 ? decimal(v, digits) : (v < 0 ? "−" : "") + size(Math.log10(Math.abs(v)), digits);
  const save = () => {
    clearTimeout(saving);
    saving = setTimeout(() => history.replaceState(null, "", `#${toAddress(state)}`), 300);
  };
  const nameOf = (axis, name) => axis === "norm" && name === "none" ? words.normNone : axis === "clip" && name === "norm" ? words.clipNorm
    : axis === "kind" && name === "orthogonal" ? words.kindOrthogonal : NAMED[name]?.[LANGUAGES.indexOf(lang)] ?? name;

  // The controls of a view; `changed` after each.
  function controls(view, changed) {
    const made = AXES[view].map(control => {
      const { axis, values, low, high, step, more } = control, id = `${view}-${axis}`, box = document.createElement("div");
      box.innerHTML = `<label for="${id}"><span></span>${values ? "" : `<output for="${id}"></output>`}</label>` + (values
        ? `<select id="${id}">${values.map(name => `<option value="${name}"></option>`).join("")}</select>`
        : `<input type="range" id="${id}" min="${low}" max="${high}" step="${step}">`);
      const input = box.lastChild;
      input.addEventListener("input", () => {
        state[view][axis] = values ? input.value : Number(input.value);
        save(), show(), changed();
      });
      const show = () => {
        box.querySelector("span").textContent = words[axis];
        if (values) for (const option of input.options) option.textContent = nameOf(axis, option.value);
        else box.querySelector("output").textContent = decimal(state[view][axis], 17);
        input.value = state[view][axis];
      };
      return { axis, box, more, show };
    });
    if (view === "fade") made[0].box.className = "wide";
    return {
      first: made.filter(({ more }) => !more).map(({ box }) => box), rest: made.filter(({ more }) => more).map(({ box }) => box),
      show: () => made.forEach(({ axis, box, show }) => {
        box.hidden = Boolean(HIDDEN[view][axis]?.(state[view]));
        show();
      }),
    };
  }

  // A section: controls, what is peculiar to it, picture, sentence, numbers, command.
  function section(view, peculiar, changed) {
    const element = document.createElement("section"), part = kind => element.querySelector(`.${kind}`);
    element.id = view;
    element.setAttribute("aria-labelledby", `${view}-title`);
    element.innerHTML = `<h2 id="${view}-title"></h2><div class="controls first"></div><div class="peculiar">${peculiar}</div>` +
      `<div class="picture" role="img"></div><p class="says"></p><p class="spoken" role="status"></p><details class="settings"><summary></summary><div class="controls rest"></div>` +
      `<button type="button" class="reset"></button></details><details class="table"><summary></summary><div class="scroll" tabindex="0" role="group"></div></details>` +
      `<details class="command"><summary></summary><pre tabindex="0"></pre><button type="button" class="copy"></button><p class="note"></p></details>`;
    at("views").append(element);
    const knobs = controls(view, changed);
    part("first").append(...knobs.first);
    part("rest").append(...knobs.rest);
    part("reset").onclick = () => {
      state[view] = initial(view);
      if (view === "text") delete state.at, delete state.own;
      save(), relabel(), changed();
    };
    part("copy").onclick = async () => {
      await navigator.clipboard?.writeText(part("command").querySelector("pre").textContent).catch(() => {});
      getSelection().selectAllChildren(part("command").querySelector("pre"));
      part("copy").textContent = words.copied;
    };
    let table = () => [], speaking;
    part("table").ontoggle = () => rows();
    const rows = () => {
      if (!part("table").open) return;
      const [head, ...body] = table();
      part("scroll").innerHTML = `<table><thead><tr>${head.map(name => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead><tbody>` +
        `${body.map(row => `<tr>${row.map(v => `<td>${escaped(v)}</td>`).join("")}</tr>`).join("")}</tbody></table>`;
    };
    return {
      element, part, width: () => Math.max(280, part("picture").clientWidth || element.clientWidth),
      show() {
        knobs.show();
        element.querySelector("h2").textContent = words[view];
        part("settings").querySelector("summary").textContent = words.more;
        part("table").querySelector("summary").textContent = words.numbers;
        part("scroll").setAttribute("aria-label", words.numbers);
        part("command").querySelector("summary").textContent = words.command;
        part("reset").textContent = words.reset;
        part("copy").textContent = words.copy;
      },
      say(text) {
        part("says").classList.remove("fault");
        part("says").textContent = text;
        part("picture").setAttribute("aria-label", `${words[view]} ${text}`);
        clearTimeout(speaking);
        speaking = setTimeout(() => part("spoken").textContent = text, 600); // to a screen reader, once the hand rests
      },
      commands(lines, note = "") {
        part("command").querySelector("pre").innerHTML = escaped(lines.join("\n")).replace(/--\S+/g, "<span class=whole>$&</span>");
        part("note").textContent = `${words.level} ${note}`;
        part("copy").textContent = words.copy;
      },
      numbers(made) {
        table = made;
        rows();
      },
      fault(text, open) {
        part("picture").innerHTML = "";
        this.say(text);
        part("says").classList.add("fault");
        if (open) part("command").open = true;
      },
      tooLarge() {
        const over = tooLarge(view, state[view]);
        if (over) this.fault(words.tooLarge(words[over[0]], over[1]), true);
        return Boolean(over);
      },
    };
  }

  // ---- the gradient on its way back ----
  views.fade = (() => {
    let seen = null, band = [];
    const draw = () => {
      if (!seen) return;
      const { s, result } = seen;
      view.part("picture").innerHTML = fadePicture(view.width(), s, result, band, words);
    };
    const speak = (s, { norm, fit, clip, status }) => {
      const says = [];
      if (fit) {
        const [slope, , r, half] = fit, tenth = number(Math.LN10 / Math.abs(slope), 2), entry = 0.5 * Math.log10(s.batch * s.hidden);
        const lost = FORMATS.find(({ least }) => norm.at(-1) < least + entry);
        says.push(Math.abs(slope) < 1e-3 ? words.holds(number(r, 4)) : words[slope < 0 ? "fades" : "explodes"](number(r, 4), number(half, 2), tenth));
        if (lost && slope < 0) says.push(words.lost(lost.name, norm.findIndex(v => v < lost.least + entry)));
      }
      if (status === "zero") says.push(words.dead(norm.length));
      if (clip) says.push(clip[1] < clip[0] ? words.clipSays(size(clip[0]), size(clip[1]), size(clip[1] - clip[0])) : words.clipIdle(size(clip[0])));
      view.say(says.join(" "));
    };
    const run = latest(async again => {
      const given = state.fade, s = consistent(given);
      view.show();
      view.commands(COMMANDS.fade(given), s.architecture === "elman" && s.norm === "none" ? words.band : `${words.band} ${words.arrays}`);
      if (view.tooLarge()) return void (seen = null);
      const result = await call("fade", s);
      if (result.status !== "ok" && result.status !== "zero") {
        seen = null;
        return view.fault(result.status === "diverged" ? words.diverged : words.fault(result.status));
      }
      await frameOf();
      seen = { s, result }, band = [result.norm];
      draw(), speak(s, result);
      view.numbers(() => [[words.lag, "log10 ‖∂L/∂h‖", `log10 ${words.theory}`], ...[...result.norm].map((v, k) => [k, v, result.norm[0] + k * result.theory])]);
      performance.measure("picture", { start: changedAt, end: performance.now() });
      for (let seed = s.seed + 1; seed < s.seed + 8 && !again(); seed++) band.push((await call("fade", { ...s, seed, clip: "none" })).norm);
      if (!again()) draw();
    });
    let changedAt = 0;
    const changed = () => {
      changedAt = performance.now();
      return run();
    };
    const view = section("fade", "", changed);
    return { ...view, run: changed, draw };
  })();

  // ---- the letters ----
  views.text = (() => {
    let letters = [], spans = [], window, result;
    const view = section("text", `<p class="caption how"></p><div id="letters" tabindex="0" role="group"></div><label class="cursor"><span></span><input type="range" id="at" min="1" step="1"></label>` +
      `<p class="caption"><span class="feels"></span> <span class="legend"></span></p><details class="own"><summary></summary><textarea id="own" maxlength="${MOST_TEXT}"></textarea></details>`, () => run());
    view.part("picture").hidden = true;
    const chosen = () => clamp(state.at ?? Math.min(letters.length - 1, 260), 1, letters.length - 1);
    const choose = place => {
      state.at = place;
      save(), run();
    };
    // The text anew, letter by letter.
    const read = () => {
      letters = [...(state.own ?? prose)].slice(0, MOST_TEXT);
      if (letters.length < 2) letters = [...prose];
      spans = letters.map((letter, i) => Object.assign(document.createElement("span"), { textContent: letter, onclick: () => i > 0 && choose(i) }));
      at("letters").replaceChildren(...spans);
      at("at").max = letters.length - 1;
      at("own").value = state.own ?? prose;
    };
    at("at").oninput = () => choose(Number(at("at").value));
    at("own").oninput = () => {
      state.own = at("own").value;
      delete state.at;
      read(), save(), run();
    };
    const PALE = [[-6, 255, 255, 255], [-3, 255, 226, 178], [0, 230, 140, 0]], DARK = [[-6, 21, 23, 26], [-3, 96, 58, 6], [0, 240, 150, 20]];
    const draw = () => {
      if (!result) return;
      const dark = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches, most = Math.max(...result.byLetter);
      spans.forEach(span => span.removeAttribute("style"));
      spans.forEach(span => span.classList.remove("at"));
      result.byLetter.forEach((felt, i) => {
        if (!spans[result.from + i]) return; // the answer to a text that has been changed meanwhile
        const colour = tint(felt - most, dark ? DARK : PALE), style = spans[result.from + i].style;
        style.backgroundColor = `rgb(${colour})`;
        style.color = inkOn(colour);
      });
      spans[chosen()].classList.add("at");
      view.part("legend").innerHTML = scaleBar(dark ? DARK : PALE, [-6, -4, -2, 0]);
    };
    const show = () => {
      view.show();
      view.part("how").textContent = words.textHow;
      view.part("feels").textContent = words.feels;
      view.part("cursor").querySelector("span").textContent = words.cursor;
      view.part("own").querySelector("summary").textContent = words.own;
      at("own").setAttribute("aria-label", words.own);
      at("letters").setAttribute("aria-label", words.text);
    };
    const run = latest(async () => {
      const s = state.text, place = chosen(), from = Math.max(0, place - s.reach), encoder = new TextEncoder();
      show();
      window = letters.slice(from, place + 1).join("");
      at("at").value = place;
      at("at").setAttribute("aria-valuetext", letters[place]);
      view.commands(COMMANDS.text(s, window), words.lettersArrays);
      if (view.tooLarge()) return;
      const passed = await call("letters", s, encoder.encode(window));
      if (passed.status !== "ok" && passed.status !== "zero") {
        result = null;
        return view.fault(passed.status === "diverged" ? words.diverged : words.fault(passed.status));
      }
      let byte = 0; // a letter of several bytes: the root of the sum of squares
      const byLetter = letters.slice(from, place).map(letter => {
        const felt = passed.felt.subarray(byte, byte += encoder.encode(letter).length), most = Math.max(...felt);
        return most === -Infinity ? most : most + 0.5 * Math.log10(felt.reduce((sum, v) => sum + 100 ** (v - most), 0));
      });
      result = { ...passed, from, byLetter };
      await frameOf();
      draw();
      const most = Math.max(...byLetter), weights = byLetter.map(v => 10 ** (v - most)).reverse(), whole = weights.reduce((a, b) => a + b, 0);
      let sum = 0, enough = weights.findIndex(weight => (sum += weight) >= 0.99 * whole) + 1;
      view.say(words.textSays(letters[place], enough, size(byLetter[0] - byLetter.at(-1))));
      view.numbers(() => [[words.lag, "byte", "log10 ‖∂L/∂x‖", "log10 ‖∂L/∂h‖"], ...[...passed.felt].map((v, t) => [passed.felt.length - 1 - t, encoder.encode(window)[t], v, passed.norm[t]]).reverse()]);
    });
    read();
    return { ...view, run, draw, show, read };
  })();

  // ---- a training ----
  views.train = (() => {
    let steps = [], begun = false, playing = false, looping = false, ended = "";
    const view = section("train", `<div class="buttons"><button type="button" class="play"></button><button type="button" class="step"></button>` +
      `<button type="button" class="again"></button><button type="button" class="clip"></button></div>`, () => again());
    const draw = () => {
      if (!tooLarge("train", state.train)) view.part("picture").innerHTML = trainPictures(view.width(), state.train, steps, words);
    };
    const show = () => {
      view.show();
      view.part("play").textContent = playing ? words.pause : words.play;
      view.part("step").textContent = words.step;
      view.part("again").textContent = words.again;
      view.part("clip").textContent = state.train.clip === "none" ? words.clipOff : words.clipOn;
      view.part("clip").setAttribute("aria-pressed", state.train.clip !== "none");
      view.part("step").disabled = playing;
      for (const name of ["play", "step"]) if (ended || tooLarge("train", state.train)) view.part(name).disabled = true;
      else if (name === "play") view.part(name).disabled = false;
      view.commands(COMMANDS.train(state.train, steps.length || state.train.updates));
      view.numbers(() => [[words.update, "loss", "log10 ‖g‖", words.clipped, "error", "n"], ...steps.map((step, i) => [i + 1, step.loss, step.norm, step.clipped, step.error ?? "", step.tested ?? ""])]);
    };
    const speak = () => {
      if (!steps.length) return view.say(words.ready);
      const step = steps.at(-1), test = steps.findLast(({ tested }) => tested), cut = steps.filter(({ clipped }) => clipped).length;
      view.say(words.trained(steps.length, number(step.loss), size(step.norm)) + (state.train.clip === "none" ? "" : words.cutShare(`${number(100 * cut / steps.length, 2)} %`)) +
        (test ? words.tested(number(test.error), number(test.tested, 5)) : "") + ended);
    };
    const advance = async most => {
      if (!begun) begun = (await callTraining("begin", state.train)).status === "ok";
      if (!begun) return void (playing = false);
      const asked = steps, made = await callTraining("train", 40, most);
      if (asked !== steps) return;
      steps.push(...made.steps);
      if (made.over) playing = false, ended = made.status !== "ok" ? ` ${words.lostRun}` : made.solved ? words.solved : words.unsolved;
    };
    const play = async () => {
      if (looping) return;
      looping = true;
      for (let shown = 0; playing;) {
        await advance(1000);
        await frameOf();
        if (performance.now() - shown < (still.matches ? 1000 : 120) && playing) continue;
        shown = performance.now();
        draw(), speak();
      }
      looping = false;
      show();
    };
    const again = () => {
      steps = [], begun = false, playing = false, ended = "";
      show();
      if (!view.tooLarge()) draw(), speak();
    };
    view.part("play").onclick = () => {
      playing = !playing;
      show();
      if (playing) play();
    };
    view.part("step").onclick = async () => {
      await advance(1);
      draw(), speak(), show();
    };
    view.part("again").onclick = again;
    view.part("clip").onclick = () => {
      state.train.clip = state.train.clip === "none" ? "norm" : "none";
      save(), again();
    };
    const run = async () => {
      show();
      if (!view.tooLarge()) draw(), speak();
    };
    return { ...view, run, draw, show };
  })();

  // ---- the cliff ----
  views.cliff = (() => {
    let surface = null, deep = 0, free = [], cut = [], shown = 0, falling = 0;
    const view = section("cliff", `<p class="caption how"></p><div class="buttons"><button type="button" class="descend"></button></div>`, () => run());
    const draw = () => {
      if (surface) view.part("picture").innerHTML = cliffPicture(view.width(), state.cliff, surface, free, cut, shown, words);
    };
    const end = path => {
      const [w, b, error] = path.at(-1);
      return path.length <= state.cliff.updates ? words.gone(path.length) : words.ends(number(w), number(b), number(error));
    };
    const show = () => {
      view.show();
      view.part("how").innerHTML = `${words.cliffHow} ${scaleBar(ERRORS, [0, 0.1, 0.2, 0.3, 0.4], v => v ? number(v) : `${words.error} 0`)} ` +
        `<span class="bar">${patch([213, 94, 0], words.free)}${patch([0, 115, 79], words.cut)}</span>`;
      view.part("descend").textContent = words.descend;
    };
    const run = latest(async () => {
      const s = { ...state.cliff };
      show();
      view.commands(COMMANDS.cliff(s));
      if (view.tooLarge()) return;
      if (deep !== s.length) {
        const errors = await call("errors", { ...GRID, length: s.length });
        deep = s.length;
        surface = raster(GRID.columns, GRID.rows, (x, y) => errors[(GRID.rows - 1 - y) * GRID.columns + x], ERRORS);
      }
      [free, cut] = [await call("descend", s, false), await call("descend", s, true)];
      shown = Infinity;
      await frameOf();
      draw();
      view.say(words.cliffSays(end(free), end(cut)));
      view.numbers(() => [[words.update, "w", "b", "E", "‖∂E‖", `w, ${words.cut}`, "b", "E", "‖∂E‖"], ...cut.map((row, i) => [i, ...free[i] ?? ["", "", "", ""], ...row])]);
    });
    const fall = async () => {
      const mine = ++falling;
      for (shown = 1; shown <= Math.max(free.length, cut.length) && mine === falling && !still.matches; shown++) {
        draw();
        const until = performance.now() + 40;
        do await frameOf(); while (performance.now() < until);
      }
      if (mine === falling) shown = Infinity, draw();
    };
    view.part("descend").onclick = fall;
    view.part("picture").onclick = async event => {
      const svg = view.part("picture").querySelector("svg"), box = svg.getBoundingClientRect(), f = cliffFrame(view.width(), words);
      const x = (event.clientX - box.left) * svg.width.baseVal.value / box.width, y = (event.clientY - box.top) * svg.height.baseVal.value / box.height;
      if (x < f.left || x > f.right || y < f.top || y > f.bottom) return;
      state.cliff.w = Math.round(100 * (3 + 4 * (x - f.left) / (f.right - f.left))) / 100;
      state.cliff.b = Math.round(100 * (-1 - 3 * (y - f.top) / (f.bottom - f.top))) / 100;
      save();
      await run();
      fall();
    };
    return { ...view, run, draw, show };
  })();

  // ---- all of it ----
  function relabel() {
    lang = state.lang ?? (navigator.language.startsWith("pt") ? "pt" : "en");
    words = Object.fromEntries(Object.entries(WORDS).map(([key, both]) => [key, both[LANGUAGES.indexOf(lang)]]));
    document.documentElement.lang = lang === "pt" ? "pt-BR" : "en";
    document.title = at("title").textContent = words.title;
    at("about").textContent = words.about;
    at("language").textContent = words.language;
    at("language").lang = lang === "pt" ? "en" : "pt-BR";
    at("ignored").hidden = ignored.length === 0;
    at("ignored").textContent = `${words.ignored} ${ignored.join("; ")}; ${words.allIgnored}`;
    Object.values(views).forEach(view => view.show());
  }
  const all = () => {
    relabel();
    return Promise.all(Object.values(views).map(view => view.run()));
  };
  at("language").onclick = () => {
    state.lang = lang === "pt" ? "en" : "pt";
    save(), all();
  };
  addEventListener("hashchange", () => {
    ({ state, ignored } = fromAddress(location.hash));
    views.text.read(), all();
  });
  const redraw = () => Object.values(views).forEach(view => view.draw());
  let width = 0;
  new ResizeObserver(() => at("views").clientWidth !== width && (width = at("views").clientWidth, redraw())).observe(at("views"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  at("views").hidden = false;
  return all();
}

// ---- which of the three this is --------------------------------------------------------------------------------------------

if (typeof module !== "undefined") module.exports = { library, COMMANDS, AXES, consistent, fitted, fromAddress, toAddress, tooLarge, initial };
else if (typeof document === "undefined") {
  let ready;
  onmessage = async ({ data }) => {
    if (!Array.isArray(data)) return void (ready = library(data));
    const [id, name, given] = data;
    try {
      postMessage([id, (await ready)[name](...given)]);
    } catch (fault) {
      postMessage([id, null, String(fault)]);
    }
  };
} else (async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("wasm").textContent), letter => letter.charCodeAt(0));
  const call = caller(bytes);
  await call("errors", { ...GRID, columns: 1, rows: 1, length: 1 }); // fails where there is no WebAssembly
  document.getElementById("still").remove();
  if (self !== top) { // part of another page, where the first view stands alone; that page learns how high it is
    document.documentElement.className = "part";
    new ResizeObserver(() => parent.postMessage(document.body.offsetHeight, "*")).observe(document.body);
  }
  const ready = page(call, caller(bytes), document.getElementById("prose").textContent.trim()); // a long test of a training holds nothing up
  globalThis.live = { call, ready }; // for tests
})();
