# What each lag brings to dL/dW: the share of a recurrent net's lags, and of a deep net's layers beside it.
width = 980
load "style.gp"
tied = csv."/updates.summary.csv"
deep = csv."/updates-deep.summary.csv"
scales = "0.5 0.9 1.4 2"
array tint[4] = ["#0072B2", "#009E73", "#E69F00", "#D55E00"]
array dash[4] = [1, 2, 3, 4]
set dashtype 2 (12, 4)
set dashtype 3 (4, 3)
set dashtype 4 (12, 3, 3, 3)
set multiplot layout 1, 2
set bmargin 5.2
set rmargin 8
set format y "10^{%g}"
set label 9 tr("linha fina: r^k √((1 − r²)/(1 − r^{2T})), teoria de campo médio; faixa: ± 1 desvio padrão entre sementes", "thin line: r^k √((1 − r²)/(1 − r^{2T})), mean-field theory; band: ± 1 standard deviation over seeds") at screen 0.985, 0.03 right font ",10" textcolor rgb QUIET

set title tr("rede recorrente: uma soma, T = 100", "recurrent net: one sum, T = 100")
set xlabel tr("defasagem k (passos)", "lag k (steps)")
set ylabel tr("parcela da defasagem: ‖(∂L/∂a_t) h_{t−1}ᵀ‖ / ‖∂L/∂W‖", "share of the lag: ‖(∂L/∂a_t) h_{t−1}ᵀ‖ / ‖∂L/∂W‖") offset 1
set xrange [0:98]
set yrange [-13:0.7]
row(i, T) = strcol("scale") eq word(scales, i) && column("length") == T
array place[4] = [31, 62, 98, 98]
set label 1 tr("○ σ = 0,9, T = 20", "○ σ = 0.9, T = 20") at 18, -1.95 left font ",11" textcolor rgb QUIET
plot for [i = 1:4] tied using (column("lag")):(when(row(i, 100), column("log10_share") - column("log10_share_sd"))):(column("log10_share") + column("log10_share_sd")) with filledcurves fillcolor rgb tint[i] fillstyle transparent solid 0.25 noborder, \
     for [i = 1:4] tied using (column("lag")):(when(row(i, 100), column("log10_share"))) with lines linewidth 2 linecolor rgb tint[i] dashtype dash[i], \
     for [i = 1:4] tied using (column("lag")):(when(row(i, 100), column("log10_theory"))) with lines linestyle 9, \
     tied using (column("lag")):(when(row(2, 20), column("log10_share"))) with points pointtype 6 pointsize 1.2 * size linewidth 1.2 linecolor rgb THEORY, \
     for [i = 1:4] tied using (when(row(i, 100) && column("lag") == place[i], column("lag"))):(column("log10_share")):("σ = ".number(word(scales, i))) with labels left offset 0.5, (i < 3 ? 0.7 : i == 3 ? -0.35 : 0.2) font ",11" textcolor rgb tint[i]

set title tr("rede profunda: um gradiente por camada", "deep net: a gradient for each layer")
set xlabel tr("camadas acima", "layers above")
set ylabel tr("parcela da camada: ‖∂L/∂W_t‖ sobre a de todas", "share of the layer: ‖∂L/∂W_t‖ over that of all") offset 1
set xrange [0:19]
set rmargin 12
unset label 9
set label 1 tr("tanh, σ = 0,9: ‖∂L/∂h_t‖, deslocada", "tanh, σ = 0.9: ‖∂L/∂h_t‖, shifted") at 8.2, -2.35 left font ",11" textcolor rgb QUIET
nets = "sigmoid:0.9 sigmoid:2 tanh:0.9 tanh:2"
net(i) = (strcol("activation").":".strcol("scale")) eq word(nets, i)
name(i) = label_of(word(activations, i < 3 ? 1 : 2)).", σ = ".number(i % 2 ? "0.9" : "2")
array place[4] = [10, 11, 19, 19]
shift = 0
array side[4] = [-0.3, 0.9, -0.3, 0.3]
plot for [i = 1:4] deep using (column("lag")):(when(net(i), column("log10_share"))):(column("log10_share_sd")) with yerrorbars linestyle (i < 3 ? 1 : 2) dashtype 1 linewidth 1.3 pointsize size, \
     for [i = 1:4] deep using (column("lag")):(when(net(i), column("log10_theory"))) with lines linestyle 9, \
     deep using (column("lag")):(when(net(3), column("lag") == 0 ? (shift = column("log10_share") - column("log10_dh"), column("log10_share")) : column("log10_dh") + shift)) with lines linewidth 1.2 linecolor rgb QUIET dashtype (3, 3), \
     for [i = 1:4] deep using (when(net(i) && column("lag") == place[i], column("lag"))):(column("log10_share")):(name(i)) with labels left offset (i == 1 ? -14 : 0.7), side[i] font ",11" textcolor linestyle (i < 3 ? 1 : 2)
unset multiplot
