# What a longer sequence costs: numbers to learn on the left, bytes and time of one pass on the right.
load "style.gp"
data = csv."/lengths.summary.csv"
stats data using (when(column("length") >= 100, log(column("length")))):(log(column("seconds"))) name "T" nooutput
set multiplot layout 1, 2 title tr("O preço de uma sequência mais longa", "The price of a longer sequence")
set logscale xy
set xrange [7:1.6e6]
set xlabel tr("comprimento T (passos)", "length T (steps)")
set format x "10^{%T}"
set format y "10^{%T}"
set lmargin 9
set rmargin 2
set title tr("parâmetros", "parameters") offset 0, -0.5
set yrange [3e2:1e9]
set label 1 tr("janela de\nT entradas", "window of\nT inputs") at 2e3, 1.2e7 right textcolor rgb "#0072B2"
set label 2 tr("rede recorrente", "recurrent network") at 1e3, 5.5e2 textcolor rgb "#D55E00"
plot data using "length":"window_parameters" with linespoints linewidth 2 linecolor rgb "#0072B2" pointtype 7 pointsize size, \
     data using "length":"parameters" with linespoints linewidth 2 linecolor rgb "#D55E00" dashtype (12, 4) pointtype 5 pointsize size
unset label
set title tr("bytes e tempo de um passe", "bytes and time of one pass") offset 0, -0.5
set yrange [1e-6:3e10]
set ytics 1e2
exponent(s, r) = sprintf(" ∝ T^{%s}, R² %s", number(sprintf("%.2f", s)), number(sprintf("%.3f", r**2)))
set label 1 tr("bytes, tudo guardado", "bytes, every state kept") at 1e5, 4e8 right textcolor rgb "#0072B2"
set label 2 tr("bytes, com recomputação", "bytes, checkpoints") at 1e6, 1.8e4 right textcolor rgb "#009E73"
set label 3 tr("segundos", "seconds").exponent(T_slope, T_correlation) at 1.4e6, 1.2e-5 right textcolor rgb "#D55E00" font ",12"
plot data using "length":(1e6 * column("megabytes_all")) with linespoints linewidth 2 linecolor rgb "#0072B2" pointtype 7 pointsize size, \
     data using "length":(1e6 * column("megabytes")) with linespoints linewidth 2 linecolor rgb "#009E73" dashtype (4, 3) pointtype 9 pointsize size, \
     data using "length":"seconds" with points linecolor rgb "#D55E00" pointtype 5 pointsize size, \
     [100:1e6] exp(T_intercept) * x**T_slope with lines linestyle 9
unset multiplot
