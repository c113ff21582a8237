# Does normalising help to learn? Share of seeds solved, and updates needed, by what is normalised and the gain.
height = 480
load "style.gp"
data = csv."/normalising.summary.csv"
norms = "none input input full full separate separate"
array gamma[7] = [0.1, 0.1, 1, 0.1, 1, 0.1, 1]
what(i) = word(tr("nada entrada entrada tudo tudo separada separada", "nothing input input all all separate separate"), i)
row(i) = strcol("norm") eq word(norms, i) && column("gamma") == gamma[i]
at(i) = 8 - i
statistics = "population batch"
array tint[2] = [SIGMOID, TANH]
array dark[2] = [SIGMOID, "#B04A00"]
of(i, s, x) = when(row(i) && strcol("statistics") eq word(statistics, s), x)
shift(s) = s == 1 ? 0.16 : -0.16
set multiplot
set yrange [0.4:7.6]
set ytics scale 0
unset grid
set grid xtics
do for [p = 1:2] {
    eval p == 1 ? panel(0.235, 0.6, 0.225, 0.91) : panel(0.63, 0.975, 0.225, 0.91)
    set title (p == 1 ? tr("fração que resolve", "share solved") : tr("atualizações", "updates needed")) offset 0, -0.5
    set xrange [p == 1 ? -0.04 : 0:p == 1 ? 1.04 : 1600]
    if (p == 1) { set xtics 0.5 } else { set xtics 500 }
    set ytics ("" 0)
    do for [i = 1:7] { set ytics add ((p == 2 ? "" : i == 1 ? what(i) : what(i).", ".number(sprintf("%g", gamma[i]))) at(i)) }
    if (p == 1) {
        set label 1 tr("estatísticas da população", "statistics: population") at screen 0.02, 0.095 left textcolor rgb dark[1]
        set label 2 tr("do lote", "batch") at screen 0.5, 0.095 left textcolor rgb dark[2]
    } else { unset label 1; unset label 2; eval foot(tr("número: γ; barra: intervalo de 95 %, à direita ± 1 desvio-padrão", "number: γ; bar: 95 % interval, right ± 1 standard deviation")) }
    if (p == 1) {
        plot for [s = 1:2] for [i = 1:7] data using (of(i, s, column("solved"))):(at(i) + shift(s)):(wilson_low(column("solved"), column("seeds"))):(wilson_high(column("solved"), column("seeds"))) with xerrorbars pointtype (s == 1 ? 7 : 5) pointsize 1.2 * size linewidth 2 linecolor rgb tint[s]
    } else {
        plot for [s = 1:2] for [i = 1:7] data using (of(i, s, column("needed"))):(at(i) + shift(s)):(column("needed_sd")) with xerrorbars pointtype (s == 1 ? 7 : 5) pointsize 1.2 * size linewidth 2 linecolor rgb tint[s]
    }
}
unset multiplot
