# tanh with W h and U x normalised apart: the factor per step against gamma for three laws of W, without and with input.
height = 480
load "style.gp"
data = csv."/batchnorm-init.summary.csv"
laws = "gaussian orthogonal identity"
drives = "0 0.1"
array tint[3] = ["#0072B2", "#009E73", "#D55E00"]
array mark[3] = [6, 2, 5]
row(i) = strcol("init") eq word(laws, i) && strcol("drive") eq word(drives, p)
set multiplot
set logscale xy
set xrange [0.08:5]
set yrange [0.015:4]
set xtics (number("0.1") 0.1, number("0.5") 0.5, "1" 1, "4" 4)
set xlabel tr("ganho γ", "gain γ") offset 0, 0.3
eval fates(1)
set label 1 explodes at 0.09, 2.9 left textcolor rgb QUIET
set label 2 vanishes at 0.09, 0.02 left textcolor rgb QUIET
set label 3 tr("○ gaussiano\n× ortogonal", "○ gaussian\n× orthogonal") at 0.09, 0.5 left textcolor rgb tint[1]
do for [p = 1:2] {
    eval p == 1 ? panel(0.1, 0.53, 0.23, 0.9) : panel(0.55, 0.99, 0.23, 0.9)
    set title (p == 1 ? tr("r, sem entrada", "r, without input") : tr("r, com entrada", "r, with input")) offset 0, -0.5
    if (p == 1) { set ytics (number("0.02") 0.02, number("0.1") 0.1, number("0.5") 0.5, "1" 1, "2" 2) } else { set ytics ("" 0.02, "" 0.1, "" 0.5, "" 1, "" 2) }
    set label 4 "■ W = I" at p == 1 ? 1.7 : 1.4, p == 1 ? 0.12 : 0.45 textcolor rgb tint[3]
    if (p == 1) { set label 4 right } else { set label 4 left }
    if (p == 2) { eval foot(thin."; ".spread(tr("barra", "bar"))) }
    plot data using (column("gamma")):(when(row(1), column("theory_r"))) with lines linestyle 9, \
         for [i in "3 1 2"] data using (column("gamma")):(when(row(i + 0), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointtype mark[i + 0] pointsize (i == 1 ? 2.2 : 1.3) * size linewidth 1.6 linecolor rgb tint[i + 0], \
         data using (column("gamma")):(when(row(3), exp(column("slope")))) with lines linewidth 1.5 linecolor rgb tint[3] dashtype (12, 4)
}
unset multiplot
