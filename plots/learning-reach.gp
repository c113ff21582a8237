# Trained on lengths 10 to 30, tested to 500: a network runs any length, but what it has learnt does not go with it.
height = 430
load "style.gp"
data = csv."/learning-reach.summary.csv"
kinds = "tanh irnn lstm gru"
names = "tanh IRNN LSTM GRU"
colour(i) = word("#D55E00 #E69F00 #000000 #882255", i)
set logscale x
set xrange [9:900]
set yrange [0:1.04]
set xtics (10, 20, 30, 50, 70, 100, 200, 300, 500)
set xlabel tr("comprimento das sequências de teste", "length of the sequences tested on")
set ylabel tr("fração de respostas certas", "share of right answers")
set title tr("Treinada de 10 a 30 passos, testada até 500", "Trained on 10 to 30 steps, tested to 500")
set object 1 rectangle from 10, graph 0 to 30, graph 1 behind fillcolor rgb "#eeeeee" fillstyle solid noborder
set label 1 tr("comprimentos do treino", "lengths trained on") at 17.3, 0.06 center font ",11" textcolor rgb QUIET
set arrow 1 from 9, 0.25 to 560, 0.25 nohead linecolor rgb THEORY linewidth 0.9
set label 2 tr("acaso: uma em quatro", "chance: one in four") at 9.4, 0.215 left font ",11" textcolor rgb THEORY
set label 9 tr("faixa: ± 1 desvio-padrão entre 16 sementes", "band: ± 1 standard deviation over 16 seeds") at screen 0.985, 0.025 right font ",10" textcolor rgb QUIET
set bmargin 5
mine(i, x) = when(strcol("kind") eq word(kinds, i), x)
right = "1 - column(\"error\")"
plot for [i = 1:4] data using (mine(i, column("tested"))):(1 - column("error") - column("error_sd")):(1 - column("error") + column("error_sd")) smooth unique with filledcurves fillcolor rgb colour(i) fillstyle transparent solid 0.15 noborder, \
     for [i = 1:4] data using (mine(i, column("tested"))):(1 - column("error")) smooth unique with linespoints linewidth 2 linecolor rgb colour(i) pointtype 4 + i pointsize 0.7 * size, \
     for [i = 1:4] data using (column("tested") == 500 ? mine(i, 530) : NaN):(0.52 - 0.06 * i):(word(names, i)) with labels left font ",11" textcolor rgb colour(i)
