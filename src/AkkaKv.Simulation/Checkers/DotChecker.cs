using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Versions;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>
/// Promise 5: a dot names one value for ever, across restart and wipe. Watches every dot that a replica announces, and
/// knows from then on which operation it names.
/// </summary>
internal sealed class DotChecker(SimWorld world)
{
    private readonly Dictionary<Address, int> _writers = [];
    private readonly Dictionary<Dot, MadeDot> _made = [];

    /// <summary>A message leaves an actor.</summary>
    public void Sent(Address to, Message message, int operation)
    {
        if (message is ReplicaPut put)
            _writers[put.ReplyTo] = operation;
        else if (message is ReplicaPutDone { Outcome: ReplicaOutcome.Done } done && _writers.TryGetValue(to, out int writer))
            Note(done.Dot, new MadeDot(writer, done.Context));
    }

    /// <summary>A client was shown the value of an operation under a dot.</summary>
    public void Shown(Dot dot, int operation)
    {
        if (_made.TryGetValue(dot, out MadeDot? known))
            RequireSame(dot, known.Operation, operation);
        else
            _made.Add(dot, new MadeDot(operation, null));
    }

    /// <summary>The operation that a dot names; 0 for one that nobody was told of.</summary>
    public int OperationOf(Dot dot) => _made.TryGetValue(dot, out MadeDot? made) ? made.Operation : 0;

    /// <summary>Every dot, with what its replica had seen when it was made; in no order.</summary>
    public IEnumerable<(Dot Dot, int Operation, VersionVector? Seen)> All()
    {
        foreach ((Dot dot, MadeDot made) in _made)
            yield return (dot, made.Operation, made.Seen);
    }

    private void Note(Dot dot, MadeDot made)
    {
        if (_made.TryGetValue(dot, out MadeDot? known))
            RequireSame(dot, known.Operation, made.Operation);
        _made[dot] = made;
    }

    private void RequireSame(Dot dot, int known, int found)
    {
        if (known != found)
            world.Fail("a dot names one value for ever", $"dot {dot} names the value of operation {known}, and that of operation {found}");
    }

    private sealed record MadeDot(int Operation, VersionVector? Seen);
}
