# Share of right answers against how far back the symbol stood: two fixed windows and a recurrent net.
height = 440
load "style.gp"
data = csv."/window.summary.csv"
windows = "4 8 0"
of(i, x) = when(column("window") == word(windows, i), x)
name_of(i) = i == 3 ? tr("rede recorrente", "recurrent net") : tr("janela de ", "window of ").word(windows, i)
set title tr("fração de respostas certas", "share of right answers") offset 0, -0.5
set xlabel tr("passos entre o símbolo pedido e o último", "steps from the symbol asked for to the last one") offset 0, 0.3
set xrange [-0.6:19.6]
set yrange [0:1.12]
set xtics 2
set ytics (number("0.25") 0.25, number("0.5") 0.5, "1" 1)
eval panel(0.105, 0.97, 0.24, 0.9)
set arrow 1 from graph 0, first 0.25 to graph 1, first 0.25 nohead linestyle 9
set label 1 tr("acaso: uma em quatro", "chance: one in four") at 19.4, 0.19 right textcolor rgb THEORY
set label 2 name_of(1) at 3.3, 0.5 right textcolor linestyle 11
set label 3 name_of(2) at 8.3, 0.45 left textcolor linestyle 12
set label 4 name_of(3) at 11.5, 0.88 center textcolor linestyle 13
eval foot(tr("barra: ± 1 desvio-padrão entre 16 sementes", "bar: ± 1 standard deviation over 16 seeds"))
plot for [i = 1:3] data using (of(i, column("delay"))):(1 - column("error")) with lines linestyle i, \
     for [i = 1:3] data using (of(i, column("delay"))):(1 - column("error")):(column("error_sd")) with yerrorbars linestyle i dashtype 1
