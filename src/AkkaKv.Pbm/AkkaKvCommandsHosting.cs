using Akka.Hosting;
using Petabridge.Cmd.Host;

namespace AkkaKv.Pbm;

/// <summary>Petabridge.Cmd with the palettes for AkkaKv, for programs on Akka.Hosting.</summary>
public static class AkkaKvCommandsHosting
{
    /// <summary>Starts the host of Petabridge.Cmd with the actor system, with the palettes of <see cref="AkkaKvCommands.Register"/>.</summary>
    /// <param name="builder">The actor system's; <c>WithAkkaKv</c> comes before.</param>
    /// <param name="options">Where the host listens; null is as the section <c>petabridge.cmd</c> of its HOCON says.</param>
    /// <remarks>A program that starts the host itself calls <see cref="AkkaKvCommands.Register"/> from there instead.</remarks>
    public static AkkaConfigurationBuilder WithAkkaKvCommands(this AkkaConfigurationBuilder builder, PetabridgeCmdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return options is null ? builder.AddPetabridgeCmd(AkkaKvCommands.Register) : builder.AddPetabridgeCmd(options, AkkaKvCommands.Register);
    }
}
