using Akka.Actor;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.AkkaNet.Operator;
using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Cluster.Sharding;
using Petabridge.Cmd.Host;

namespace AkkaKv.Pbm;

/// <summary>The palette <c>akkakv</c> for the host of Petabridge.Cmd in an actor system, and its start.</summary>
public sealed class AkkaKvCommands : CommandPaletteHandler
{
    /// <param name="commands">What answers.</param>
    public AkkaKvCommands(OperatorCommands commands)
        : base(AkkaKvPalette.Palette) => HandlerProps = Props.Create(() => new AkkaKvCommandHandler(commands));

    /// <inheritdoc/>
    public override Props HandlerProps { get; }

    /// <summary>For programs without Akka.Hosting: registers the palettes of <see cref="Register"/> and starts the host.</summary>
    public static void Start(ActorSystem system)
    {
        PetabridgeCmd host = PetabridgeCmd.Get(system);
        Register(host);
        host.Start();
    }

    /// <summary>
    /// Registers this palette, and those of Akka.Cluster and Cluster Sharding where the actor system has a cluster. One that the
    /// program has registered already stays as it is.
    /// </summary>
    public static void Register(PetabridgeCmd host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host.Sys.Settings.ProviderClass?.Contains("Cluster", StringComparison.Ordinal) == true)
        {
            host.RegisterCommandPalette(ClusterCommands.Instance);
            host.RegisterCommandPalette(ClusterShardingCommands.Instance);
        }

        // Before the node runs its door answers "not ready", and so does the palette.
        host.RegisterCommandPalette(new AkkaKvCommands(new OperatorCommands(AkkaKvExtension.Of(host.Sys).Door, TimeProvider.System)));
    }
}
