# Share of seeds that learn temporal order, against the length, one panel a set-up; the short-range control beside it.
height = 560
load "style.gp"
order = csv."/learning.summary.csv"
control = csv."/learning-control.summary.csv"
kinds = "sigmoid tanh relu linear orthogonal irnn lstm gru"
names = "sigmoid tanh ReLU linear orthogonal IRNN LSTM GRU"
name_of(i) = i == 1 ? tr("sigmoide", "sigmoid") : i == 5 ? tr("tanh, W ortogonal", "tanh, W orthogonal") : word(names, i)
colour(i) = word("#0072B2 #D55E00 #009E73 #CC79A7 #56B4E9 #E69F00 #000000 #882255", i)
set multiplot layout 2, 4 margins 0.075, 0.985, 0.15, 0.87 spacing 0.02, 0.12 title tr("Quem aprende a ordem de dois símbolos?", "Who learns the order of two symbols?")
set logscale x
set xrange [8.5:100]
set yrange [-0.06:1.1]
set xtics (10, 20, 30, 50, 80) font ",12"
set ytics 0.5
set label 9 tr("cheia: ordem temporal; tracejada: controle, o símbolo de um passo atrás; faixa: intervalo de Wilson de 95 %, 16 sementes", "solid: temporal order; dashed: control, the symbol one step back; band: 95 % Wilson interval, 16 seeds") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
do for [i = 1:8] {
    of(x) = when(strcol("kind") eq word(kinds, i), x)
    set title name_of(i) font ",13" offset 0, -0.6
    set xlabel (i > 4 ? tr("comprimento T", "length T") : "") offset 0, 0.4
    set ylabel (i % 4 == 1 ? tr("fração que resolve", "share solved") : "")
    set format x (i > 4 ? "%g" : "")
    set format y (i % 4 == 1 ? "%g" : "")
    plot order using (of(column("length"))):(wilson_low(column("solved"), column("seeds"))):(wilson_high(column("solved"), column("seeds"))) with filledcurves fillcolor rgb colour(i) fillstyle transparent solid 0.2 noborder, \
         control using (of(column("length"))):(column("solved")) with lines linecolor rgb QUIET linewidth 1.2 dashtype (4, 3), \
         order using (of(column("length"))):(column("solved")) with linespoints linecolor rgb colour(i) linewidth 2 pointtype 7 pointsize 0.7 * size
    unset label 9
}
unset multiplot
