# The whole plane of lag and scale for tanh: where the gradient vanishes and where it explodes. Colour measured, lines theory.
height = 480
load "style.gp"
data = csv."/vanishing-map.summary.csv"
set title tr("tanh: o que sobra de ", "tanh: what is left of ").dh.tr(", k passos antes", ", k steps before") offset 0, -0.5
set xlabel tr("passos de volta, k = T − t", "steps back, k = T − t") offset 0, 0.3
set ylabel tr("escala inicial σ", "initial scale σ") offset 1.5
set xrange [-0.5:99.5]
set yrange [0.475:2.525]
set cbrange [-34:12]
set palette defined (-34 "#08306b", -20 "#2171b5", -8 "#9ecae1", 0 "#ffffff", 4 "#fdae6b", 12 "#a63603")
unset colorbox
unset grid
eval panel(0.13, 0.87, 0.215, 0.93)
eval foot(tr("cor: medido; linhas: teoria", "colour: measured; lines: theory"))
set label 1 vanishes at 3, 1.1 front
set label 2 explodes at 3, 1.85 front
set datafile missing NaN # rows left out do not break a line
whole = 99
start = 0
relative(name) = column("lag") == 0 ? (start = column("log10_norm"), column(name) - start) : column(name) - start
# Theory is a straight line in lag: where it reaches a level on its way, and at which scale it does so in the end.
theory(level) = column("lag") == whole ? (level * relative("log10_theory") > 0 ? whole * level / relative("log10_theory") : NaN) : NaN * relative("log10_theory")
ends(level) = column("lag") == whole ? (now = relative("log10_theory") - level, found = now * before < 0 ? column("scale") - (column("scale") - last) * now / (now - before) : found, last = column("scale"), before = now) : relative("log10_theory")
levels = "-30 -20 -10 -5 5 0"
do for [i = 1:6] {
    before = last = found = 0
    stats data using (ends(word(levels, i) + 0)) nooutput
    set label 10 + i "".(i == 6 ? "r = 1" : sprintf("10^{/*1.22 %d}", word(levels, i) + 0)) at 101, found front
    if (i == 6) { set arrow 1 from -0.5, found to 99.5, found nohead front linecolor rgb THEORY linewidth 1.6 }
}
plot data using "lag":"scale":(relative("log10_norm")) with image, \
     for [i = 1:5] data using (theory(word(levels, i) + 0)):(column("scale")) with lines linestyle 9
