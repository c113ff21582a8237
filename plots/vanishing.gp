# The gradient on its way back, entry by entry: four activations at scale 1 over the bands where number formats lose it, and
# below the same at three other scales.
height = 800
load "style.gp"
data = csv."/vanishing.summary.csv"
scales = "1 0.5 1.5 2"
row(i) = strcol("activation") eq word(activations, i) && strcol("scale") eq word(scales, p)
# root mean square over the entries of dL/dh_t: an entry is what a number format holds
entry(log10_norm) = log10_norm - 0.5 * log10(column("batch") * column("hidden"))
formats = "float16 bfloat16 float32"
array least[3] = [log10(2) * -24, log10(2) * -133, log10(2) * -149] # smallest positive number of each, a subnormal
array crossing[3] # the first lag at which float16 loses sigmoid, tanh and ReLU at scale 1
p = 1
do for [i = 1:3] {
    stats data using (when(row(i) && entry(column("log10_norm")) < least[1], column("lag"))) name "LOST" nooutput
    crossing[i] = LOST_min
    set object i rectangle from graph 0, graph 0 to graph 1, first least[i] behind fillcolor rgb word("#f4f4f4 #e8e8e8 #dadada", i) fillstyle solid noborder
    set label i word(formats, i).": zero" at 1.5, i == 1 ? -37.6 : least[i] - 2.4 front textcolor rgb QUIET
}
set multiplot
set xrange [0:99]
set xlabel tr("passos de volta, k = T − t", "steps back, k = T − t") offset 0, 0.4
set title tr("Entradas de ∂L/∂h_{/*1.22 t} (média quadrática), σ = 1", "Entries of ∂L/∂h_{/*1.22 t} (root mean square), σ = 1") offset 0, -0.6
do for [p = 1:4] {
    if (p == 2) { unset label; unset xlabel; set xtics 50; set ytics 20 }
    if (p > 1) { set title "σ = ".number(word(scales, p)) offset 0, -0.8 }
    if (p == 4) { eval foot(thin."; ".spread(tr("faixa", "band"))) }
    set format y p < 3 ? power : ""
    set yrange [-51:p == 1 ? 4 : 31]
    eval p == 1 ? panel(0.13, 0.87, 0.47, 0.955) : panel(0.29 * p - 0.45, 0.29 * p - 0.21, 0.1, 0.335)
    plot for [i = 1:4] data using (column("lag")):(when(row(i), entry(column("log10_norm") - column("log10_norm_sd")))):(entry(column("log10_norm") + column("log10_norm_sd"))) with filledcurves fillcolor linestyle i fillstyle transparent solid 0.25 noborder, \
         for [i = 1:4] data using (column("lag")):(when(row(i), entry(column("log10_norm")))) with lines linestyle i, \
         for [i = 1:4] data using (column("lag")):(when(row(i), entry(column("log10_theory")))) with lines linestyle 9, \
         for [i = 1:3] data using (when(p == 1 && row(i) && column("lag") == crossing[i], column("lag"))):(least[1]):(sprintf("%d", crossing[i])) with labels center offset (i == 1 ? 2.2 : -1.8), -0.8 point pointtype 6 pointsize 1.6 * size linewidth 1.5 linecolor rgb THEORY, \
         for [i = 1:4] data using (when(p == 1 && row(i) && column("lag") == (i == 1 ? 60 : 99), column("lag"))):(entry(column("log10_norm"))):(label_of(word(activations, i))) with labels left offset 0.6, 0 textcolor linestyle 10 + i
}
unset multiplot
