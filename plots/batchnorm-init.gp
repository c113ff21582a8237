# tanh with W h and U x normalised apart: the factor per step against gamma for three laws of W, without and with input.
height = 460
load "style.gp"
data = csv."/batchnorm-init.summary.csv"
laws = "gaussian orthogonal identity"
array tint[3] = ["#0072B2", "#E69F00", "#D55E00"]
array point[3] = [6, 9, 5]
drives = "0 0.1"
law(i) = word(tr("gaussiana ortogonal W=I", "gaussian orthogonal W=I"), i)
set multiplot layout 1, 2 title tr("tanh, W h e U x normalizados em separado: a inicialização muda a resposta", "tanh, W h and U x normalised apart: the initialisation changes the answer")
set logscale xy
set xrange [0.08:5]
set yrange [0.015:3]
set xtics (tr("0,1", "0.1") 0.1, tr("0,2", "0.2") 0.2, tr("0,5", "0.5") 0.5, "1" 1, "2" 2, "4" 4)
set ytics (tr("0,02", "0.02") 0.02, tr("0,05", "0.05") 0.05, tr("0,1", "0.1") 0.1, tr("0,2", "0.2") 0.2, tr("0,5", "0.5") 0.5, "1" 1, "2" 2)
set xlabel "γ"
set bmargin 5
set arrow 1 from 0.08, 1 to 5, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
row(i, d) = strcol("init") eq word(laws, i) && strcol("drive") eq word(drives, d)
do for [d = 1:2] {
    set title d == 1 ? tr("sem entrada", "without input") : tr("com entrada, s₂ = 0,1", "with input, s₂ = 0.1") offset 0, -0.5
    set ylabel d == 1 ? "r" : ""
    set label 1 law(1) at 1.6, d == 1 ? 2.2 : 1.85 right textcolor rgb tint[1]
    set label 2 law(2) at 1.6, d == 1 ? 1.65 : 1.38 right textcolor rgb tint[2]
    set label 3 "W = I" at d == 1 ? 0.95 : 2.4, d == 1 ? 0.45 : 0.68 right textcolor rgb tint[3]
    if (d == 2) { set label 3 left }
    if (d == 2) { set label 9 note at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET }
    plot data using (column("gamma")):(when(row(1, d), column("theory_r"))) with lines linestyle 9, \
         data using (column("gamma")):(when(row(3, d), exp(column("slope")))) with lines linewidth 1.2 linecolor rgb tint[3] dashtype (12, 4), \
         for [i = 1:3] data using (column("gamma")):(when(row(i, d), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointsize 0.02 linewidth 1.2 linecolor rgb tint[i], \
         for [i = 1:3] data using (column("gamma")):(when(row(i, d), exp(column("slope")))) with points pointtype point[i] pointsize (i == 1 ? 1.6 : 0.8) * size linewidth 1.2 linecolor rgb tint[i]
}
unset multiplot
