# The error of one unit over its weight and bias, the wall in it, and descents with and without clipping.
height = 620
load "style.gp"
surface = csv."/cliff.csv"
paths = csv."/cliff-paths.csv"
set title tr("O erro E(w, b) depois de 50 passos, e a descida a partir de dois pontos", "The error E(w, b) after 50 steps, and descent from two points")
set xlabel tr("peso w", "weight w")
set ylabel tr("viés b", "bias b")
set cblabel "E"
set xrange [2.975:7.025]
set yrange [-4.0125:-0.9875]
set cbrange [0:0.46]
set palette defined (0 "#fffdf5", 0.09 "#dfe8ef", 0.25 "#8fb0cf", 0.46 "#2b4a77")
unset grid
sigmoid(x) = 1 / (1 + exp(-x))
line(w) = 0.5 - w * sigmoid(0.5)
begins = 1 / sigmoid(0.5) / (1 - sigmoid(0.5)) # slope 1 at the fixed point
set label 1 "b = ½ − w σ(½)" at 6.15, -3.1 left front textcolor rgb THEORY
set label 2 tr("daqui em diante, um muro", "from here on, a wall") at 4.05, -3.13 left front textcolor "#ffffff"
set arrow 1 from 4.45, -3.03 to begins + 0.02, line(begins) - 0.09 front linecolor "#ffffff" linewidth 1 size 0.06, 20
set label 3 "" at begins, line(begins) point pointtype 7 pointsize 1.5 * size linecolor rgb THEORY front
set label 4 tr("sem recorte", "unclipped") at 5.2, -1.15 left front textcolor rgb "#B04A00"
set label 5 tr("com recorte, limiar 0,1", "clipped, threshold 0.1") at 3.1, -2.2 left front textcolor "#005b44"
start(w0, b0, clip) = column("w") == w0 && column("b") == b0 && strcol("clip") eq clip
array w[2] = [5, 5.25]
array b[2] = [-2.75, -1.75]
plot surface using (column("w")):(column("b")):(column("error")) with image, \
     line(x) with lines linestyle 9 dashtype (2, 3), \
     [begins:7.025] line(x) with lines linestyle 9 linewidth 2, \
     for [i = 1:2] paths using (when(start(w[i], b[i], "none"), column("w_at"))):(column("b_at")) with linespoints linewidth 1.6 linecolor rgb "#D55E00" dashtype (12, 4) pointtype 6 pointsize 0.7 * size, \
     for [i = 1:2] paths using (when(start(w[i], b[i], "norm"), column("w_at"))):(column("b_at")) with linespoints linewidth 1.6 linecolor rgb "#009E73" pointtype 7 pointsize 0.6 * size, \
     for [i = 1:2] paths using (when(start(w[i], b[i], "none") && column("update") == 0, column("w_at"))):(column("b_at")) with points pointtype 4 pointsize 2 * size linewidth 1.6 linecolor rgb THEORY
