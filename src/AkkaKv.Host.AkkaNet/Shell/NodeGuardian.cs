using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.Loops;
using AkkaKv.Wire.Codec;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Shell;

/// <summary>A core actor that the node starts with.</summary>
internal sealed record ActorPlace(Address Address, Func<Core.Kernel.Actor> Make, ulong Seed);

/// <summary>All that a node's Akka actors are made from.</summary>
internal sealed record NodeLaunch(
    AkkaNodeOptions Options,
    AkkaNodeHooks Hooks,
    ShellWorld World,
    PeerTroubles Troubles,
    IReadOnlyList<ActorPlace> Places,
    ulong Incarnation,
    TaskCompletionSource Launched);

/// <summary>Another actor of the node, started later.</summary>
internal sealed record NodePart(Props Props, string Name);

/// <summary>The parent of all Akka actors of a node: makes them in the order in which they need each other.</summary>
internal sealed class NodeGuardian(NodeLaunch launch) : UntypedActor
{
    protected override void PreStart()
    {
        try
        {
            Launch();
            launch.Launched.SetResult();
        }
#pragma warning disable CA1031 // Whoever starts the node is told; nothing is swallowed.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            launch.Launched.TrySetException(cause);
            Context.Stop(Self);
        }
    }

    // What a child throws beside its shell's own care is a fault of this host: the node must not go on with a part of it gone.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        launch.World.Failed(new NodeFailure(cause, null, null));
        return Directive.Stop;
    });

    protected override void OnReceive(object message)
    {
        if (message is NodePart part)
            Context.ActorOf(part.Props, part.Name);
        else
            Unhandled(message);
    }

    private void Launch()
    {
        ShellWorld world = launch.World;
        for (int loop = 0; loop < world.Loops.Count; loop++)
        {
            LoopTurn turn = world.Loops[loop];
            turn.RunBy(Context.ActorOf(Props.Create(() => new LoopActor(turn)).WithDispatcher(LoopDispatchers.IdOf(loop)), $"loop-{loop}"));
        }

        var shells = new IActorRef[launch.Places.Count];
        for (int index = 0; index < shells.Length; index++)
            shells[index] = MakeShell(index, launch.Places[index]);
        world.Open(shells);

        // The doors before the network: whoever is greeted sends at once.
        foreach (MessageClass group in Enum.GetValues<MessageClass>())
        {
            Context.ActorOf(
                Props.Create(() => new PeerDoorActor(world, launch.Incarnation, launch.Options.RingPartitions, launch.Hooks.Log)),
                PeerDoorActor.NameOf(group));
        }

        world.Network = Context.ActorOf(
            Props.Create(() => new NetworkActor(launch.Options, world, launch.Hooks, launch.Troubles, launch.Incarnation)), NetworkActor.Name);
        foreach (IActorRef shell in shells)
            shell.Tell(ShellStart.Instance, ActorRefs.NoSender);
    }

    private IActorRef MakeShell(int index, ActorPlace place)
    {
        int loops = launch.World.Loops.Count;
        int loop = LoopRoute.Of(place.Address.Role, place.Address.Number, loops);
        LoopTurn turn = launch.World.Loops[loop];
        Props props = Props.Create(() => new ShellActor(turn, index, place.Address, place.Make, place.Seed));
        return Context.ActorOf(props.WithDispatcher(LoopDispatchers.IdOf(loop)), NameOf(place.Address));
    }

    // The address without its node: "replica-17".
    private static string NameOf(Address address) => address.ToString()[(address.Node.Name.Length + 1)..].Replace('/', '-');
}
