using System.Text;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>
/// An actor beside the product's that writes, removes, reads and scans keys of its own in both spaces of its node's store:
/// more of each than the protocol ever does, under all faults.
/// </summary>
internal sealed class StoreExerciser : Actor
{
    private const ActorRole Role = (ActorRole)250;
    private const int Keys = 12;
    private const int TurnsMax = 400;

    private int _turns;
    private ulong _ticket;

    /// <summary>The product's recipe, and one of these on every node.</summary>
    public static IReadOnlyList<ActorPlan> Recipe(NodeOptions options) =>
        [.. NodeRecipe.Of(options), new ActorPlan(Role, 0, () => new StoreExerciser())];

    public override void Start(IActorContext context) => Wait(context);

    public override void Receive(IActorContext context, Message message)
    {
        if (message is not Tick)
            return;
        for (int i = context.Random.Next(3); i >= 0; i--)
            context.Send(new Address(context.Self.Node, ActorRole.Store, 0), Any(context));
        if (++_turns < TurnsMax)
            Wait(context);
    }

    private static void Wait(IActorContext context) =>
        context.StartTimer(TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond * (1 + context.Random.Next(20))), new Tick());

    private Message Any(IActorContext context)
    {
        RandomSource random = context.Random;
        StoreKey key = StoreKey.Of("exercise", Encoding.ASCII.GetBytes("key-" + random.Next(Keys)));
        StoreSpace space = random.Of(StoreSpace.Objects, StoreSpace.Hints);
        _ticket++;
        switch (random.Next(8))
        {
            case < 3:
                byte[] value = [.. Enumerable.Range(0, 1 + random.Next(100)).Select(_ => (byte)random.NextUInt64())];
                return new StoreWrite(key, value, _ticket, context.Self, space);
            case < 6:
                return new StoreRemove(key, _ticket, context.Self, space);
            case 6:
                return new StoreScan(0, ulong.MaxValue, 0, _ticket, context.Self, space);
            default:
                return new StoreRead(key, _ticket, context.Self, space);
        }
    }

    private sealed record Tick : Message;
}
