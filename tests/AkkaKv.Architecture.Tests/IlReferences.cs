using System.Reflection;
using System.Reflection.Emit;

namespace AkkaKv.Architecture.Tests;

/// <summary>
/// What the compiled code of an assembly really uses, read from the instructions: no alias, <c>var</c> or generated
/// method hides from it.
/// </summary>
internal static class IlReferences
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Each type with every type it names in a field, a signature, a base, or an instruction.</summary>
    public static IEnumerable<(Type From, Type To)> Types(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            foreach (Type to in Mentioned(type).SelectMany(Parts).Distinct())
                yield return (type, to);
        }
    }

    /// <summary>Each type with every method that its code calls.</summary>
    public static IEnumerable<(Type From, MethodBase Called)> Calls(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            foreach (MethodBase called in Methods(type).SelectMany(Operands).OfType<MethodBase>())
                yield return (type, called);
        }
    }

    private static IEnumerable<Type?> Mentioned(Type type)
    {
        yield return type.BaseType;
        foreach (Type implemented in type.GetInterfaces())
            yield return implemented;
        foreach (FieldInfo field in type.GetFields(Declared))
            yield return field.FieldType;
        foreach (MethodBase method in Methods(type))
        {
            yield return (method as MethodInfo)?.ReturnType;
            foreach (ParameterInfo parameter in method.GetParameters())
                yield return parameter.ParameterType;
            foreach (LocalVariableInfo local in method.GetMethodBody()?.LocalVariables ?? [])
                yield return local.LocalType;
            foreach (MemberInfo operand in Operands(method))
                yield return operand as Type ?? operand.DeclaringType;
        }
    }

    private static IEnumerable<Type> Parts(Type? type)
    {
        if (type is null)
            yield break;
        if (type.HasElementType)
        {
            foreach (Type part in Parts(type.GetElementType()))
                yield return part;
            yield break;
        }

        yield return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        foreach (Type part in type.GetGenericArguments().SelectMany(Parts))
            yield return part;
    }

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared));

    private static IEnumerable<MemberInfo> Operands(MethodBase method)
    {
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | il[at++]));
            OpCode code = OpCodesByValue[value];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(il, at), typeArguments, methodArguments)!;
            at += OperandLength(code.OperandType, il, at);
        }
    }

    private static int OperandLength(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}
