using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.Faults;

namespace AkkaKv.Simulation.Running;

/// <summary>The sums over many runs.</summary>
internal sealed class SweepSummary
{
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];
    private readonly long[] _counted = new long[Enum.GetValues<Counter>().Length];
    private long _seeds;
    private long _failures;
    private long _operations;
    private long _succeeded;
    private long _notAttempted;
    private long _indeterminate;
    private long _newThenOld;
    private long _sessionMisses;
    private long _lostDisks;
    private long _orders;
    private long _changes;
    private long _livingDead;
    private long _events;
    private double _virtualSeconds;
    private ulong _hash;

    public long RunTwice { get; set; }

    public TimeSpan RealTime { get; set; }

    public long Seeds => _seeds;

    /// <summary>The exclusive or of all trace hashes: the same seeds give the same, in whatever order they ran.</summary>
    public ulong Hash => _hash;

    public void Add(RunResult result)
    {
        _seeds++;
        _failures += result.Violation is null ? 0 : 1;
        _operations += result.Counts.Operations;
        _succeeded += result.Counts.Succeeded;
        _notAttempted += result.Counts.NotAttempted;
        _indeterminate += result.Counts.Indeterminate;
        _newThenOld += result.Counts.NewThenOld;
        _sessionMisses += result.Counts.SessionMisses;
        _lostDisks += result.Counts.LostDisks;
        _orders += result.Counts.OrdersTaken;
        _changes += result.Counts.Changes;
        _livingDead += result.Counts.LivingDead;
        _events += result.Events;
        _virtualSeconds += result.VirtualTicks / (double)TimeSpan.TicksPerSecond;
        _hash ^= result.TraceHash;
        for (int kind = 0; kind < _faults.Length; kind++)
            _faults[kind] += result.Injected[kind];
        for (int counter = 0; counter < _counted.Length; counter++)
            _counted[counter] += result.Counted[counter];
    }

    public string Line(TimeSpan elapsed)
    {
        long faults = 0;
        foreach (long count in _faults)
            faults += count;
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        return $"{_seeds} seeds, {_virtualSeconds / 3600:0.00} virtual hours, {faults} faults, {_operations} operations, {_failures} violations; "
            + $"{_seeds / seconds:0.0} seeds/s, virtual/real {_virtualSeconds / seconds:0}";
    }

    public string Report()
    {
        var text = new StringBuilder();
        text.AppendLine(Line(RealTime));
        text.AppendLine($"operations: {_succeeded} succeeded, {_notAttempted} not attempted, {_indeterminate} indeterminate; "
            + $"{_newThenOld} pairs of reads showed new, then old, {_sessionMisses} reads missed what their session knew (neither promised)");
        text.AppendLine($"{_events} events; {_lostDisks} disks lost; {_orders} orders of operators taken, {_changes} changes of members ended, {_livingDead} nodes declared dead that lived; {RunTwice} seeds run twice; trace hash {_hash:x16}");
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            text.AppendLine($"  {kind,-16}{_faults[(int)kind],10}");
        text.AppendLine("counted: " + string.Join(", ", Enum.GetValues<Counter>().Select(counter => $"{counter} {_counted[(int)counter]}")));
        return text.ToString();
    }
}
