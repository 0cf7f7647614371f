"""What coopbot knows about work orders, time, people and money: pure values, standard library only."""
