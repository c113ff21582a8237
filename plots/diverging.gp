# What becomes of sixteen trainings: solved, stuck or diverged: tanh over the scale of W, and an IRNN; one panel a rate
# and a clipping. Dark, light and hatched: told apart without colour too.
height = 520
load "style.gp"
tanh = csv."/diverging.summary.csv"
irnn = csv."/diverging-irnn.summary.csv"
data(n) = n == 1 ? tanh : irnn
array rate[3] = [0.01, 0.1, 1]
fills = RELU." #c9c9c9 #B04A00"
array style[3] = ["solid noborder", "solid noborder", "pattern 5 border rgb '#B04A00'"]
clips = "none norm"
set multiplot
set xrange [0.4:4.6]
set yrange [0:1]
set ytics 0.5
unset grid
do for [p = 0:5] {
    i = p % 3 + 1; clip = word(clips, p / 3 + 1)
    left = 0.105 + 0.275 * (i - 1); top = p < 3 ? 0.87 : 0.51
    eval panel(left, left + 0.255, top - 0.29, top)
    of(x) = when(strcol("clip") eq clip && column("rate") == rate[i], x)
    if (p < 3) { set title tr("taxa ", "rate ").number(sprintf("%g", rate[i])) offset 0, -0.6 } else { set title "" }
    if (p == 0) {
        set label 1 tr("fração das sementes", "share of the seeds") at screen 0.017, 0.545 center rotate textcolor rgb THEORY
        set label 2 tr("tanh, escala inicial σ, e IRNN", "tanh, initial scale σ, and IRNN") at screen 0.5, 0.095 center textcolor rgb THEORY
        set label 3 tr("resolveu", "solved") at screen 0.145, 0.97 left textcolor rgb "#007A59"
        set label 4 tr("estagnou", "stuck") at screen 0.345, 0.97 left textcolor rgb QUIET
        set label 5 tr("divergiu", "diverged") at screen 0.545, 0.97 left textcolor rgb "#B04A00"
        do for [n = 1:3] { eval sprintf("set object %d rectangle from screen %g, 0.953 to screen %g, 0.987 fillcolor rgb '%s' fillstyle %s", n, 0.2 * n - 0.095, 0.2 * n - 0.065, word(fills, n), style[n]) }
    }
    if (p == 1) { do for [n = 1:5] { unset label n }; do for [n = 1:3] { unset object n } }
    if (i == 3) { set label 6 (p < 3 ? tr("sem recorte", "not clipped") : tr("com recorte", "clipped")) at graph 1.07, 0.5 center rotate textcolor rgb THEORY } else { unset label 6 }
    if (p == 5) { eval foot(tr("barra fina: intervalo de 95 % da fração que resolve, 16 sementes", "thin bar: 95 % interval of the share solved, 16 seeds")) }
    if (p < 3) { set xtics ("" 1, "" 2, "" 3, "" 4) } else { set xtics (number("0.5") 1, "1" 2, "2" 3, "IRNN" 4) }
    set format y (i == 1 ? "%g" : "")
    at(scale) = of(strcol("kind") eq "irnn" ? 4 : scale == 0.5 ? 1 : scale + 1)
    plot for [n = 1:2] data(n) using (at(column("scale"))):(0.5):(0.38):(0.5) with boxxyerror fillcolor rgb word(fills, 2) fillstyle solid noborder, \
         for [n = 1:2] data(n) using (at(column("scale"))):(column("solved") / 2):(0.38):(column("solved") / 2) with boxxyerror fillcolor rgb word(fills, 1) fillstyle solid noborder, \
         for [n = 1:2] data(n) using (at(column("scale"))):(column("diverged") > 0 ? 1 - column("diverged") / 2 : NaN):(0.38):(column("diverged") / 2) with boxxyerror fillcolor rgb word(fills, 3) fillstyle pattern 5 border rgb word(fills, 3), \
         for [n = 1:2] data(n) using (at(column("scale"))):(column("solved")):(wilson_low(column("solved"), column("seeds"))):(wilson_high(column("solved"), column("seeds"))) with yerrorbars pointtype 0 linewidth 1.4 linecolor rgb THEORY
}
unset multiplot
