# Trained on lengths 10 to 30, tested to 500: a network runs any length, but what it has learnt does not go with it.
height = 460
load "style.gp"
data = csv."/learning-reach.summary.csv"
kinds = "tanh irnn lstm"
names = "tanh IRNN LSTM"
array tint[3] = [TANH, "#E69F00", "#222222"]
array dark[3] = ["#B04A00", "#8A5A00", "#222222"]
array mark[3] = [5, 9, 7]
array aside[3] = [0.97, 1.03, 1]
set logscale x
set xrange [9:900]
set yrange [0:1.04]
set xtics (10, 20, 30, 50, 100, 200, 500)
set xlabel tr("comprimento das sequências de teste", "length of the sequences tested on") offset 0, 0.3
set label 3 tr("fração de respostas certas", "share of right answers") at screen 0.025, 0.6 center rotate textcolor rgb THEORY
eval panel(0.115, 0.985, 0.235, 0.97)
set object 1 rectangle from 10, graph 0 to 30, graph 1 behind fillcolor rgb "#eeeeee" fillstyle solid noborder
set label 1 tr("treino", "training") at 17.3, 0.07 center textcolor rgb QUIET
set arrow 1 from 9, 0.25 to 900, 0.25 nohead linecolor rgb THEORY linewidth 0.9
set label 2 tr("acaso: uma em quatro", "chance: one in four") at 860, 0.15 right textcolor rgb THEORY
eval foot(tr("barra: ± 1 desvio-padrão entre 16 sementes", "bar: ± 1 standard deviation over 16 seeds"))
mine(i, x) = when(strcol("kind") eq word(kinds, i), x)
plot for [i = 1:3] data using (mine(i, column("tested") * aside[i])):(1 - column("error")):(column("error_sd")) with yerrorbars pointtype 0 linewidth 1.4 linecolor rgb tint[i], \
     for [i = 1:3] data using (mine(i, column("tested") * aside[i])):(1 - column("error")) smooth unique with linespoints linewidth 2.4 linecolor rgb tint[i] pointtype mark[i] pointsize 1.1 * size, \
     for [i = 1:3] data using (column("tested") == 50 ? mine(i, i == 1 ? 110 : i == 2 ? 33 : 56) : NaN):(i == 1 ? 0.56 : i == 2 ? 0.5 : 0.88):(word(names, i)) with labels left textcolor rgb dark[i]
