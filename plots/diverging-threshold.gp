# Share of seeds that solve temporal order at T = 20, against the threshold, by norm and by value: SGD, then Adam.
height = 440
load "style.gp"
array file[2] = [csv."/diverging-threshold.summary.csv", csv."/diverging-adam.summary.csv"]
clips = "norm value"
of(clip, x) = when(strcol("clip") eq word(clips, clip), x)
array tint[2] = [SIGMOID, TANH]
array dark[2] = [SIGMOID, "#B04A00"]
set multiplot
set logscale x
set xrange [0.0005:200]
set yrange [-0.04:1.08]
set ytics 0.5
set xtics (number("0.001") 0.001, "" 0.01, number("0.1") 0.1, "" 1, "10" 10, "" 100)
set xlabel tr("limiar", "threshold") offset 0, 0.3
do for [p = 1:2] {
    data = file[p]
    eval p == 1 ? panel(0.125, 0.545, 0.235, 0.92) : panel(0.57, 0.985, 0.235, 0.92)
    stats data using (column("log10_norm_first")) nooutput
    usual = 10 ** STATS_mean
    set title word("SGD Adam", p) offset 0, -0.5
    set ylabel (p == 1 ? tr("fração que resolve", "share solved") : "") offset 0.6, 0
    set format y (p == 1 ? "%g" : "")
    set arrow 1 from usual, graph 0 to usual, graph 1 nohead linecolor rgb THEORY linewidth 0.9
    if (p == 1) {
        set label 1 tr("por norma", "by norm") at 170, 0.14 right textcolor rgb dark[1]
        set label 2 tr("por valor", "by value") at 170, 0.05 right textcolor rgb dark[2]
    } else { unset label 1; unset label 2; eval foot(tr("linha fina: norma na primeira atualização; barra: intervalo de 95 %", "thin line: norm at the first update; bar: 95 % interval")) }
    plot for [c = 1:2] data using (of(c, column("threshold") * (c == 1 ? 0.94 : 1.06))):(column("solved")):(wilson_low(column("solved"), column("seeds"))):(wilson_high(column("solved"), column("seeds"))) with yerrorbars pointtype 0 linewidth 1.4 linecolor rgb tint[c], \
         for [c = 1:2] data using (of(c, column("threshold") * (c == 1 ? 0.94 : 1.06))):(column("solved")) with linespoints linestyle c
}
unset multiplot
