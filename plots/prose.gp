# The fade on real language: bytes of a Portuguese text, cross-entropy of the next byte.
load "style.gp"
data = csv."/prose.summary.csv"
set title tr("Prosa real: norma do gradiente contra a distância em letras", "Real prose: norm of the gradient against distance in letters")
set xlabel tr("defasagem k (bytes lidos antes do byte previsto)", "lag k (bytes read before the one predicted)")
set ylabel "‖∂L/∂h_t‖"
set xrange [0:60]
set yrange [-26:1]
set format y "10^{%g}"
half = log10(2.0**-24)
set arrow 1 from 0, half to 60, half nohead linecolor "#888888" linewidth 0.7 dashtype (2, 3)
set label 1 tr("menor float16", "smallest float16") at 59.5, half right offset 0, 0.5 font ",11" textcolor rgb QUIET
set bmargin 4.5
set label 9 note at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
row(i) = strcol("activation") eq word(activations, i)
array place[4] = [30, 45, 45, 45]
plot for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_norm") - column("log10_norm_sd"))):(column("log10_norm") + column("log10_norm_sd")) with filledcurves fillcolor linestyle i fillstyle transparent solid 0.2 noborder, \
     for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_norm"))) with lines linestyle i, \
     for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_theory"))) with lines linestyle 9, \
     for [i = 1:4] data using (when(row(i) && column("lag") == place[i], column("lag"))):(column("log10_norm")):(label_of(word(activations, i))) with labels left offset 0.5, 0.9 textcolor linestyle i
