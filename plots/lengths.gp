# What a longer sequence costs: numbers to learn, bytes and time of one pass.
height = 440
load "style.gp"
data = csv."/lengths.summary.csv"
stats data using (when(column("length") >= 100, log(column("length")))):(log(column("seconds"))) name "T" nooutput
WINDOW = "#0072B2"; NET = "#D55E00"; CHECKPOINTS = "#009E73"
set multiplot
set logscale xy
set xrange [7:1.6e6]
set xtics 10, 100
set ytics 1e-8, 100
set grid
set format x decade
set format y decade
eval panel(0.085, 0.325, 0.2, 0.9)
set title tr("parâmetros", "parameters") offset 0, -0.5
set yrange [3e2:1e9]
set label 1 tr("janela de\nT entradas", "window of\nT inputs") at 9, 3e7 left textcolor rgb WINDOW
set label 2 tr("recorrente", "recurrent") at 1e6, 3e3 right textcolor rgb NET
plot data using "length":"window_parameters" with linespoints linewidth 2.5 linecolor rgb WINDOW pointtype 7 pointsize size, \
     data using "length":"parameters" with linespoints linewidth 2.5 linecolor rgb NET dashtype (12, 4) pointtype 5 pointsize size
eval panel(0.415, 0.655, 0.2, 0.9)
set title "bytes"
set xlabel tr("comprimento T (passos)", "length T (steps)") offset 0, 0.3
set yrange [3e3:1e10]
set label 1 tr("tudo\nguardado", "every state\nkept") at 9, 1.5e9 left textcolor rgb WINDOW
set label 2 tr("com\ncheckpoints", "with\ncheckpoints") at 1.6e6, 6e4 right textcolor rgb CHECKPOINTS
plot data using "length":(1e6 * column("megabytes_all")) with linespoints linewidth 2.5 linecolor rgb WINDOW pointtype 7 pointsize size, \
     data using "length":(1e6 * column("megabytes")) with linespoints linewidth 2.5 linecolor rgb CHECKPOINTS dashtype (4, 3) pointtype 9 pointsize size
eval panel(0.745, 0.985, 0.2, 0.9)
set title tr("segundos", "seconds")
unset xlabel
set yrange [2e-6:1e1]
set label 1 sprintf("∝ T^{/*1.22 %s}", number(sprintf("%.2f", T_slope))) at 9, 1.5 left textcolor rgb THEORY
set label 2 "R² ".number(sprintf("%.3f", T_correlation**2)) at 9, 0.25 left textcolor rgb THEORY
plot data using "length":"seconds" with points linecolor rgb NET pointtype 5 pointsize 1.3 * size, \
     [100:1e6] exp(T_intercept) * x**T_slope with lines linestyle 9
unset multiplot
