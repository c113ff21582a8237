# Norm of the gradient against lag: measured over seeds, the mean-field line, and where number formats lose it.
height = 760
load "style.gp"
data = csv."/vanishing.summary.csv"
scales = "0.5 1 1.5 2"
array tint[4] = ["#0072B2", "#009E73", "#E69F00", "#D55E00"]
array dash[4] = [1, 2, 3, 4]
set dashtype 2 (12, 4)
set dashtype 3 (4, 3)
set dashtype 4 (12, 3, 3, 3)

# smallest positive number of each format (its smallest subnormal)
float16 = log10(2.0**-24); bfloat16 = log10(2.0) * -133; float32 = log10(2.0) * -149

set multiplot layout 2, 2 title tr("O gradiente a caminho do início: a norma de ∂L/∂h_t", "The gradient on its way back: the norm of ∂L/∂h_t")
set lmargin 7
set rmargin 8
set xrange [0:99]
set yrange [-95:38]
set ytics 25
set xtics 20
set bmargin 4
set xlabel tr("defasagem k = T − t (passos)", "lag k = T − t (steps)")
set format y "10^{%g}"
row(i) = strcol("activation") eq word(activations, panel) && strcol("scale") eq word(scales, i)
do for [i = 1:3] {
    level = i == 1 ? float16 : i == 2 ? bfloat16 : float32
    set arrow i from 0, level to 99, level nohead back linecolor "#888888" linewidth 0.7 dashtype (2, 3)
    set label i word("float16 bfloat16 float32", i) at (i == 1 ? 76 : 2), level offset 0, (i == 3 ? -0.6 : 0.55) front font ",10" textcolor rgb QUIET
}
do for [panel = 1:4] {
    set title label_of(word(activations, panel)) offset 0, -0.5
    set label 1 offset 0, (panel == 2 || panel == 4 ? -0.6 : 0.5)
    if (panel == 4) { set label 9 note at screen 0.985, 0.01 right font ",10" textcolor rgb QUIET }
    plot for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_norm") - column("log10_norm_sd"))):(column("log10_norm") + column("log10_norm_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.25 noborder, \
         for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_norm"))) with lines linewidth 2 linecolor rgb tint[i] dashtype dash[i], \
         for [i = 1:4] data using (column("lag")):(when(row(i), column("log10_theory"))) with lines linestyle 9, \
         for [i = 1:4] data using (column("lag")):(when(row(i) && column("lag") == 99, column("log10_norm"))):("σ = ".number(word(scales, i))) with labels left offset 0.4, (panel == 2 && i > 2 ? 0.4 * (i - 3) : 0) font ",10" textcolor rgb tint[i]
}
unset multiplot
