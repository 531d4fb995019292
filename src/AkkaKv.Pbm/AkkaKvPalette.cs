using AkkaKv.Host.AkkaNet.Operator;
using Petabridge.Cmd;

namespace AkkaKv.Pbm;

/// <summary>The verbs of <see cref="OperatorVerb"/> as Petabridge.Cmd tells them to its clients.</summary>
public static class AkkaKvPalette
{
    /// <summary>All of them, under <c>akkakv</c>.</summary>
    public static CommandPalette Palette { get; } = new(OperatorVerb.Palette, OperatorVerb.All.Select(Definition).ToArray());

    private static CommandDefinition Definition(OperatorVerb verb)
    {
        var builder = new CommandDefinitionBuilder().WithName(verb.Name).WithDescription(verb.Description);
        foreach (OperatorArgument argument in verb.Arguments)
        {
            builder = builder.WithArgument(made => made.WithName(argument.Name).WithDescription(argument.Description)
                .IsMandatory(argument.IsRequired).WithSwitch(argument.Short).WithSwitch(argument.Long));
        }

        return builder.Build();
    }
}
