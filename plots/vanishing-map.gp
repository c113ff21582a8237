# The whole plane of lag and scale for tanh: where the gradient vanishes and where it explodes. Colour measured, lines theory.
height = 500
load "style.gp"
data = csv."/vanishing-map.summary.csv"
set title tr("tanh: quanto sobra do gradiente k passos antes", "tanh: what is left of the gradient k steps before")
set xlabel tr("passos de volta, k = T − t", "steps back, k = T − t")
set ylabel tr("escala inicial σ", "initial scale σ")
set xrange [-0.5:99.5]
set yrange [0.475:2.525]
set cbrange [-34:12]
set cbtics ("10^{/*1.22 −30}" -30, "10^{/*1.22 −20}" -20, "10^{/*1.22 −10}" -10, "1" 0, "10^{/*1.22 10}" 10)
set palette defined (-34 "#08306b", -20 "#2171b5", -8 "#9ecae1", 0 "#ffffff", 4 "#fdae6b", 12 "#a63603")
unset grid
set label 1 vanishes at 3, 1.1 front textcolor rgb THEORY
set label 2 explodes at 3, 1.85 front textcolor rgb THEORY
set label 3 tr("linhas: teoria", "lines: theory") at screen 0.98, 0.035 right textcolor rgb QUIET
set label 4 "r = 1" at 3, 1.47 front textcolor rgb THEORY
set datafile missing NaN # rows left out do not break a line
levels = "-20 -10 -5 5"
start = before = critical = 0
relative(name) = column("lag") == 0 ? (start = column("log10_norm"), column(name) - start) : column(name) - start
# theory over the whole way, a straight line in lag; where it changes sign, r = 1
whole = 99
theory(level) = column("lag") == whole ? (level * relative("log10_theory") > 0 ? whole * level / relative("log10_theory") : NaN) : NaN * relative("log10_theory")
sign(name) = column("lag") == whole ? (now = relative(name), critical = now > 0 && before < 0 ? column("scale") - 0.05 * now / (now - before) : critical, before = now) : relative(name)
stats data using (sign("log10_theory")) nooutput
set arrow 1 from -0.5, critical to 99.5, critical nohead front linecolor rgb THEORY linewidth 1.6
plot data using "lag":"scale":(relative("log10_norm")) with image, \
     for [level in levels] data using (theory(level + 0)):(column("scale")) with lines linestyle 9, \
     for [level in levels] data using (when(strcol("scale") eq (level < 0 ? "0.5" : "2.5"), theory(level + 0) + 1.5)):(column("scale") + (level < 0 ? 0.05 : -0.02)):("10^{/*1.22 ".level."}") with labels left textcolor rgb (level < -10 ? "#ffffff" : THEORY)
