# A recurrent network, folded and unrolled: one W for every step, and the way of the gradient back.
height = 330
load "style.gp"
unset border; unset tics; unset grid
set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0
set xrange [0:64]
set yrange [0:33]
box(n, x, text) = sprintf("set object %d rectangle center %g, 17 size 6, 6 fillcolor rgb '#ffffff' fillstyle solid border linecolor rgb '%s' linewidth 2; set label %d '%s' at %g, 17 center", n, x, SIGMOID, n, text, x)
eval box(1, 8, "h")
eval box(2, 26, "h_{/*1.22 1}")
eval box(3, 39, "h_{/*1.22 2}")
eval box(4, 56, "h_{/*1.22 T}")
set style arrow 1 head filled size 1.1, 18 linewidth 2 linecolor rgb THEORY
set style arrow 2 head filled size 1.1, 18 linewidth 2.4 linecolor rgb TANH dashtype (8, 4)
set arrow 11 from 8, 6 to 8, 13.6 arrowstyle 1
set arrow 12 from 8, 20.4 to 8, 27.5 arrowstyle 1
set label 11 "x" at 8, 4 center
set label 12 "y" at 8, 29.5 center
set arrow 13 from 11.2, 18 to 14.5, 18 nohead linewidth 2 linecolor rgb THEORY
set arrow 14 from 14.5, 18 to 14.5, 11 nohead linewidth 2 linecolor rgb THEORY
set arrow 15 from 14.5, 11 to 3, 11 nohead linewidth 2 linecolor rgb THEORY
set arrow 16 from 3, 11 to 3, 17 nohead linewidth 2 linecolor rgb THEORY
set arrow 17 from 3, 17 to 4.7, 17 arrowstyle 1
set label 13 "W" at 15.3, 14.5 left textcolor rgb THEORY
set label 14 "=" at 19.5, 17 center
place(i) = i == 1 ? 26 : i == 2 ? 39 : 56
do for [i = 1:3] {
    set arrow 20 + i from place(i), 6 to place(i), 13.6 arrowstyle 1
    set label 20 + i sprintf("x_{/*1.22 %s}", i == 3 ? "T" : sprintf("%d", i)) at place(i), 4 center
}
set arrow 31 from 29.2, 18.3 to 35.6, 18.3 arrowstyle 1
set arrow 32 from 42.2, 18.3 to 45.6, 18.3 nohead linewidth 2 linecolor rgb THEORY
set arrow 33 from 49.6, 18.3 to 52.6, 18.3 arrowstyle 1
set label 31 "W" at 32.5, 20.6 center
set label 32 "W" at 51, 20.6 center
set label 33 "…" at 47.6, 17 center
set arrow 34 from 56, 20.4 to 56, 27.5 arrowstyle 1
set label 34 "y, L" at 56, 29.5 center
set arrow 41 from 52.6, 15.6 to 49.6, 15.6 arrowstyle 2
set arrow 42 from 45.6, 15.6 to 42.4, 15.6 arrowstyle 2
set arrow 43 from 35.6, 15.6 to 29.4, 15.6 arrowstyle 2
set label 41 tr("gradiente: × W, × φ′ a cada passo", "gradient: × W, × φ′ at every step") at 39.7, 25.4 center textcolor linestyle 12
plot NaN
