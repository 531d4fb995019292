using AkkaKv.Simulation.Faults;
using AkkaKv.Simulation.Running;

namespace AkkaKv.Simulation.Shrink;

/// <summary>
/// Makes a failing run smaller while the same promise stays broken: fewer kinds of faults, fewer faults, fewer
/// operations, fewer nodes. Greedy and bounded; each try is a whole run.
/// </summary>
public sealed class Shrinker(Func<SimulationOptions, RunResult> run, int triesMax = 400)
{
    private RunResult _smallest = null!;
    private int _tries;

    /// <summary>The smallest run found that breaks the same promise.</summary>
    public RunResult Shrink(RunResult failed)
    {
        _smallest = failed;
        bool smaller = true;
        while (smaller && _tries < triesMax)
            smaller = DropChanges() | DropIds() | DropKinds() | DropFaults() | DropOperations() | DropNodes();
        return _smallest;
    }

    private bool DropChanges() => _smallest.Options.Changes != Occurrence.Never && Try(_smallest.Options with { Changes = Occurrence.Never });

    private bool DropIds() => _smallest.Options.Ids != Occurrence.Never && Try(_smallest.Options with { Ids = Occurrence.Never });

    private bool DropKinds()
    {
        bool smaller = false;
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            SimulationOptions options = _smallest.Options;
            if (options.Faults.Contains(kind))
                smaller |= Try(options with { Faults = [.. options.Faults.Where(other => other != kind)] });
        }

        return smaller;
    }

    // Halves first, then single ones.
    private bool DropFaults()
    {
        bool smaller = false;
        for (int size = Math.Max(1, _smallest.Planned.Count / 2); size >= 1; size /= 2)
        {
            foreach (int[] some in _smallest.Planned.Chunk(size).ToArray())
            {
                SimulationOptions options = _smallest.Options;
                if (!some.Any(options.Without.Contains))
                    smaller |= Try(options with { Without = [.. options.Without.Union(some).Order()] });
            }
        }

        return smaller;
    }

    private bool DropOperations()
    {
        bool smaller = false;
        for (int step = Math.Max(1, _smallest.Options.Operations / 2); step >= 1; step = step > 8 ? step / 2 : step - 1)
        {
            while (_smallest.Options.Operations > step && Try(_smallest.Options with { Operations = _smallest.Options.Operations - step }))
                smaller = true;
        }

        return smaller;
    }

    private bool DropNodes()
    {
        bool smaller = false;
        for (int nodes = 1; nodes < _smallest.Options.Nodes; nodes++)
            smaller |= Try(_smallest.Options with { Nodes = nodes });
        return smaller;
    }

    private bool Try(SimulationOptions options)
    {
        if (_tries >= triesMax)
            return false;
        _tries++;
        RunResult result = run(options);
        if (result.Violation?.Promise != _smallest.Violation!.Promise)
            return false;
        _smallest = result;
        return true;
    }
}
