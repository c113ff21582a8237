# The fade on real language beside that on noise: the same net, the same loss, what it reads is another.
height = 520
load "style.gp"
data = csv."/prose.summary.csv"
set title dh.tr(", lendo prosa (linhas) e lendo ruído (pontos)", ", reading prose (lines) and reading noise (points)") offset 0, -0.5
set xlabel tr("passos de volta, k (na prosa, bytes)", "steps back, k (in prose, bytes)") offset 0, 0.3
set xrange [0:60]
set yrange [-39:1]
set format y power
eval panel(0.13, 0.85, 0.215, 0.935)
eval foot(tr("faixa, barra: ± 1 desvio-padrão entre sementes", "band, bar: ± 1 standard deviation over seeds"))
row(i, source) = strcol("activation") eq word(activations, i) && strcol("source") eq source
array hollow[4] = [6, 4, 8, 12]
some(i) = row(i, "noise") && int(column("lag")) % 6 == 0
plot for [i = 1:4] data using (column("lag")):(when(row(i, "text"), column("log10_norm") - column("log10_norm_sd"))):(column("log10_norm") + column("log10_norm_sd")) with filledcurves fillcolor linestyle i fillstyle transparent solid 0.2 noborder, \
     for [i = 1:4] data using (column("lag")):(when(row(i, "text"), column("log10_norm"))) with lines linestyle i, \
     for [i = 1:4] data using (column("lag")):(when(some(i), column("log10_norm"))):(column("log10_norm_sd")) with yerrorbars linestyle i dashtype 1 linewidth 1.5 pointtype hollow[i] pointsize 1.7 * size, \
     for [i = 1:4] data using (when(row(i, "text") && column("lag") == 60, column("lag"))):(column("log10_norm")):(label_of(word(activations, i))) with labels left offset 0.8, 0 textcolor linestyle 10 + i
