# What each lag brings to dL/dW in a recurrent net, above, and what each layer of a deep net gets, below.
height = 880
load "style.gp"
tied = csv."/updates.summary.csv"
deep = csv."/updates-deep.summary.csv"
scales = "0.5 0.9 1.4 2"
array tint[4] = ["#0072B2", "#009E73", "#AA4499", "#D55E00"]
array mark[4] = [7, 9, 13, 5]
nets = "sigmoid:0.9 sigmoid:2 tanh:0.9 tanh:2"
row(i) = column("length") == 100 && strcol("scale") eq word(scales, i)
net(i) = (strcol("activation").":".strcol("scale")) eq word(nets, i)
name(i) = label_of(word(activations, i < 3 ? 1 : 2)).", σ = ".number(i % 2 ? "0.9" : "2")
set multiplot
set format y power
eval panel(0.12, 0.82, 0.61, 0.96)
set title tr("Rede recorrente: a parte de cada defasagem em ‖∂L/∂W‖", "Recurrent net: the share of each lag in ‖∂L/∂W‖") offset 0, -0.5
set xlabel tr("defasagem k (passos)", "lag k (steps)") offset 0, 0.3
set xrange [0:99]
set yrange [-13:0.7]
array place[4] = [31, 98, 98, 98]
plot for [i = 1:4] tied using (column("lag")):(when(row(i), column("log10_share") - column("log10_share_sd"))):(column("log10_share") + column("log10_share_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.25 noborder, \
     for [i = 1:4] tied using (column("lag")):(when(row(i), column("log10_share"))) with lines linewidth 3 linecolor rgb tint[i], \
     for [i = 1:4] tied using (when(row(i) && int(column("lag")) % 10 == 5, column("lag"))):(column("log10_share")) with points pointtype mark[i] pointsize 1.4 * size linecolor rgb tint[i], \
     for [i = 1:4] tied using (column("lag")):(when(row(i), column("log10_theory"))) with lines linestyle 9, \
     for [i = 1:4] tied using (when(row(i) && column("lag") == place[i], column("lag"))):(column("log10_share")):("σ = ".number(word(scales, i))) with labels left offset 0.6, (i == 3 ? -0.4 : i == 4 ? 0.4 : 0) textcolor rgb tint[i]

eval panel(0.12, 0.7, 0.135, 0.475)
set title tr("Rede profunda: a parte de cada camada", "Deep net: the share of each layer") offset 4, -0.5
set xlabel tr("camadas acima", "layers above")
set xrange [0:19.3]
eval foot(thin."; ".spread(tr("faixa, barra", "band, bar")))
plot for [i = 1:4] deep using (column("lag")):(when(net(i), column("log10_theory"))) with lines linestyle 9, \
     for [i = 1:4] deep using (column("lag")):(when(net(i), column("log10_share"))):(column("log10_share_sd")) with yerrorbars pointtype mark[i] pointsize 1.2 * size linewidth 1.5 linecolor rgb (i < 3 ? SIGMOID : TANH), \
     for [i = 1:4] deep using (when(net(i) && column("lag") == 19, 19.3)):(column("log10_share")):(name(i)) with labels left offset 0.6, (i == 3 ? -0.5 : i == 4 ? 0.5 : i == 1 ? 0.4 : 0) textcolor rgb (i < 3 ? SIGMOID : TANH)
unset multiplot
