# The error of one unit over its weight and bias, the wall in it, and descents with and without clipping.
height = 580
load "style.gp"
surface = csv."/cliff.csv"
paths = csv."/cliff-paths.csv"
set title tr("O erro E(w, b) depois de 50 passos, e quatro descidas", "The error E(w, b) after 50 steps, and four descents") offset 0, -0.5
set xlabel tr("peso w", "weight w") offset 0, 0.3
set ylabel tr("viés b", "bias b")
set ytics 1
set label 9 "E" at screen 0.895, 0.955 right
eval panel(0.11, 0.85, 0.145, 0.93)
set xrange [2.975:7.025]; set yrange [-4.0125:-0.9875]
set cbrange [0:0.46]
set cbtics 0.1
set palette defined (0 "#fffdf5", 0.09 "#dfe8ef", 0.25 "#8fb0cf", 0.46 "#2b4a77")
unset grid
sigmoid(x) = 1 / (1 + exp(-x))
line(w) = 0.5 - w * sigmoid(0.5)
begins = 1 / sigmoid(0.5) / (1 - sigmoid(0.5)) # slope 1 at the fixed point
array w[2] = [5, 5.25]
array b[2] = [-2.75, -1.75]
array clip[2] = ["none", "norm"]
array dash[2] = [2, 1]
set dashtype 2 (12, 4)
array tint[2] = ["#D55E00", "#009E73"]
start(i, c) = column("w") == w[i] && column("b") == b[i] && strcol("clip") eq clip[c]
set label 1 tr("o muro,\nb = ½ − w s(½)", "the wall,\nb = ½ − w s(½)") at 5.55, -2.55 left front
set label 2 tr("o muro começa aqui", "the wall begins here") at 3.1, -2.95 left front textcolor "#ffffff"
set arrow 1 from 3.9, -2.86 to begins - 0.05, line(begins) - 0.08 front linecolor "#ffffff" linewidth 1 size 0.06, 20
set label 3 "" at begins, line(begins) point pointtype 7 pointsize 1.5 * size linecolor rgb THEORY front
set label 4 tr("sem recorte:\natirada para fora", "unclipped:\nthrown out") at 5.35, -1.2 left front textcolor rgb "#A04600"
set label 5 tr("com recorte", "clipped") at 3.3, -1.3 left front textcolor rgb "#006B4E"
set label 6 tr("início 1", "start 1") at w[1], b[1] right offset -1.2, -0.4 front textcolor "#ffffff"
set label 7 tr("início 2", "start 2") at w[2], b[2] left offset 1.2, 0.5 front
plot surface using "w":"b":"error" with image, \
     line(x) with lines linestyle 9 dashtype (2, 3), \
     [begins:7.025] line(x) with lines linestyle 9 linewidth 2, \
     for [c = 1:2] for [i = 1:2] paths using (when(start(i, c), column("w_at"))):(column("b_at")) with linespoints linewidth 1.6 linecolor rgb tint[c] dashtype dash[c] pointtype (c == 1 ? 6 : 7) pointsize 0.7 * size, \
     for [i = 1:2] paths using (when(start(i, 1) && column("update") == 0, column("w_at"))):(column("b_at")) with points pointtype 4 pointsize 2 * size linewidth 2 linecolor rgb THEORY, \
     paths using (when(start(1, 2) && column("update") == 100, column("w_at"))):(column("b_at")):(tr("fim", "end")) with labels right offset -1, -0.7 point pointtype 12 pointsize 2.4 * size linewidth 2 linecolor rgb THEORY
