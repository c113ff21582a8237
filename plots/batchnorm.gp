# The factor per step against the gain gamma, by what is normalised, for four activations: with input above, without it below.
width = 980
height = 640
load "style.gp"
data = csv."/batchnorm.summary.csv"
kinds = "linear relu sigmoid tanh"
norms = "none input full separate"
array tint[4] = ["#777777", "#009E73", "#D55E00", "#0072B2"]
array point[4] = [6, 9, 4, 13]
array large[4] = [1.5, 0.8, 1.5, 0.8]
drives = "0.1 0"
what(i) = word(tr("nada entrada tudo separada", "nothing input all separate"), i)

set multiplot layout 2, 4 columnsfirst margins 0.075, 0.885, 0.13, 0.86 spacing 0.012, 0.09 title tr("Fator por passo do gradiente, r, contra o ganho γ, conforme o que se normaliza", "Factor per step of the gradient, r, against the gain γ, by what is normalised")
set logscale xy
set xrange [0.08:5]
set yrange [0.06:2.6]
set xtics (tr("0,1", "0.1") 0.1, tr("0,5", "0.5") 0.5, "1" 1, "4" 4)
set arrow 1 from 0.08, 1 to 5, 1 nohead linecolor "#222222" linewidth 0.8 dashtype (6, 3)
row(k, n, d) = strcol("activation") eq word(kinds, k) && strcol("norm") eq word(norms, n) && strcol("drive") eq word(drives, d)
do for [k = 1:4] {
    do for [d = 1:2] {
        if (k == 1) { set format y "%g"; set ytics (tr("0,1", "0.1") 0.1, tr("0,2", "0.2") 0.2, tr("0,5", "0.5") 0.5, "1" 1, "2" 2) } else { set ytics ("" 0.1, "" 0.2, "" 0.5, "" 1, "" 2) }
        set ylabel k > 1 ? "" : d == 1 ? tr("r, com entrada (s₂ = 0,1)", "r, with input (s₂ = 0.1)") : tr("r, sem entrada", "r, without input")
        set title d == 1 ? label_of(word(kinds, k)) : "" offset 0, -0.5
        set xlabel d == 2 ? "γ" : "" offset 0, 0.5
        unset label
        if (k == 4) {
            if (d == 1) {
                do for [n = 1:4] { set label n what(n) at 5.6, word("0.83 0.35 1.78 1.2", n) + 0 left textcolor rgb tint[n] }
            } else {
                set label 1 what(1)."," at 5.6, 0.97 left textcolor rgb tint[1]
                set label 2 what(2) at 5.6, 0.72 left textcolor rgb tint[2]
                set label 3 what(3)."," at 5.6, 2.05 left textcolor rgb tint[3]
                set label 4 what(4) at 5.6, 1.5 left textcolor rgb tint[4]
                set label 9 tr("linha fina: teoria de campo médio para lote grande; barra: ± 1 desvio padrão entre sementes", "thin line: mean-field theory for a large batch; bar: ± 1 standard deviation over seeds") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
            }
        }
        plot for [n = 1:4] data using (column("gamma")):(when(row(k, n, d), column("theory_r"))) with lines linestyle 9, \
             for [n = 1:4] data using (column("gamma")):(when(row(k, n, d), exp(column("slope")))):(exp(column("slope") - column("slope_sd"))):(exp(column("slope") + column("slope_sd"))) with yerrorbars pointsize 0.02 linewidth 1.2 linecolor rgb tint[n], \
             for [n = 1:4] data using (column("gamma")):(when(row(k, n, d), exp(column("slope")))) with points pointtype point[n] pointsize large[n] * size linewidth 1.2 linecolor rgb tint[n]
    }
}
unset multiplot
