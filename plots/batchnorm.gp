# Normalised, the gradient may vanish, hold or explode: the factor per step against the gain gamma. With input, tanh, by what
# is normalised; without input, where both ways are one, tanh and sigmoid.
height = 480
load "style.gp"
data = csv."/batchnorm.summary.csv"
array activation[4] = ["tanh", "tanh", "tanh", "sigmoid"]
array norm[4] = ["full", "separate", "separate", "separate"]
array tint[4] = ["#D55E00", "#0072B2", "#D55E00", "#0072B2"]
row(i, norm) = strcol("activation") eq activation[i] && strcol("norm") eq norm && strcol("drive") eq (i < 3 ? "0.1" : "0")
set multiplot
set logscale xy
set xrange [0.08:5]
set yrange [0.2:2.2]
set xtics (number("0.1") 0.1, number("0.5") 0.5, "1" 1, "4" 4)
set xlabel tr("ganho γ", "gain γ") offset 0, 0.3
eval fates(1)
set label 1 explodes at 0.09, 1.95 left textcolor rgb QUIET
set label 2 vanishes at 4.6, 0.38 right textcolor rgb QUIET
do for [p = 1:2] {
    eval p == 1 ? panel(0.085, 0.525, 0.23, 0.9) : panel(0.55, 0.99, 0.23, 0.9)
    set title (p == 1 ? tr("r, com entrada: tanh", "r, with input: tanh") : tr("r, sem entrada", "r, without input")) offset 0, -0.5
    if (p == 1) { set ytics (number("0.2") 0.2, number("0.5") 0.5, "1" 1, "2" 2) } else { set ytics ("" 0.2, "" 0.5, "" 1, "" 2) }
    set label 3 (p == 1 ? tr("tudo", "all") : "tanh") at p == 1 ? 0.21 : 0.9, p == 1 ? 0.45 : 1.3 left textcolor linestyle 12
    set label 4 (p == 1 ? tr("separada", "separate") : label_of("sigmoid")) at p == 1 ? 0.75 : 4.8, p == 1 ? 0.62 : 0.9 textcolor rgb tint[2]
    if (p == 2) { set label 4 right }
    set label 5 p == 1 ? tr("sem normalizar", "not normalised") : tr("sigmoide sem normalizar", "sigmoid, not normalised") at 0.09, p == 1 ? 0.91 : 0.265 left textcolor rgb QUIET
    if (p == 2) { eval foot(thin.tr(" (lote grande); ", " (large batch); ").tr("barra: ± 1 desvio-padrão", "bar: ± 1 standard deviation")) }
    plot for [i = 2 * p - 1:2 * p] data using (column("gamma")):(when(row(i, norm[i]), column("theory_r"))) with lines linestyle 9, \
         for [i = 2 * p - 1:2 * p] data using (column("gamma")):(when(row(i, "none") && i != 3, column("theory_r"))) with lines linecolor rgb QUIET linewidth 1.2 dashtype (2, 3), \
         for [i = 2 * p - 1:2 * p] data using (column("gamma")):(when(row(i, norm[i]), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointtype (i % 2 ? 7 : 5) pointsize 1.2 * size linewidth 2 linecolor rgb tint[i]
}
unset multiplot
