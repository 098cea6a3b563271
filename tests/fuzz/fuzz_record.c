/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a boot log, through the readers of tools/mmview, judged by record_oracle.py. The
 * readers are Python, so this target is the interpreter: what libFuzzer's instrumentation says of C,
 * a trace function says of Python. It is called at each line and counts the pair of the line before
 * and this one in counters of the section that libFuzzer looks at (__libfuzzer_extra_counters).
 *
 * Regular expressions are one line to a trace, however far they came. The dictionary and the
 * golden records as seeds make up for that.
 */
#include <Python.h>
#include <frameobject.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_COUNTERS (1U << 14)
#define READERS     "/tools/mmview/" /* only their lines count */
#define ORACLE      "tests/fuzz"     /* run.py starts us in the project's directory */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[NR_COUNTERS];
static uint32_t last_line;
static PyObject *judge;

/* FNV-1a: the same number for a file in every process, which an address would not be. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261U;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619U;
	return hash;
}

/* The hash of a reader's file, 0 for any other. Asked at every line: the last answers are kept. */
static uint32_t reader_of(PyCodeObject *code)
{
	static struct {
		const void *code;
		uint32_t hash;
	} known[256];
	uint32_t slot = (uint32_t)((uintptr_t)code >> 5) % 256;
	const char *file;

	if (known[slot].code == code)
		return known[slot].hash;
	file = PyUnicode_AsUTF8(code->co_filename);
	file = file ? strstr(file, READERS) : NULL;
	known[slot].code = code;
	known[slot].hash = file ? hash_of(file) | 1 : 0;
	return known[slot].hash;
}

static void count_line(PyFrameObject *frame, PyCodeObject *code)
{
	uint32_t line = reader_of(code);
	uint8_t *counter;

	if (line == 0)
		return;
	line += (uint32_t)PyFrame_GetLineNumber(frame) * 2654435761U;
	counter = &counters[(line ^ last_line >> 1) >> 7 & (NR_COUNTERS - 1)];
	if (*counter < UINT8_MAX)
		(*counter)++;
	last_line = line;
}

static int trace(PyObject *self, PyFrameObject *frame, int what, PyObject *argument)
{
	(void)self;
	(void)argument;
	if (what == PyTrace_LINE) {
		PyCodeObject *code = PyFrame_GetCode(frame);

		count_line(frame, code);
		Py_DECREF(code);
	}
	return 0;
}

static _Noreturn void finding(const char *what)
{
	PyEval_SetTrace(NULL, NULL);
	fflush(stdout);
	if (PyErr_Occurred())
		PyErr_Print();
	fprintf(stderr, "FINDING: %s\n", what);
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	PyConfig config;
	PyObject *module;

	(void)argc;
	(void)argv;
	PyConfig_InitIsolatedConfig(&config);
	config.use_hash_seed = 1; /* the same order of sets and dictionaries in every process */
	config.hash_seed = 1;
	config.write_bytecode = 0;
	if (PyStatus_Exception(Py_InitializeFromConfig(&config)))
		finding("the interpreter does not start");
	PyConfig_Clear(&config);
	if (PyRun_SimpleString("import sys; sys.path.insert(0, '" ORACLE "')") != 0)
		finding("the interpreter does not work");
	module = PyImport_ImportModule("record_oracle");
	judge = module ? PyObject_GetAttrString(module, "judge") : NULL;
	if (!judge)
		finding("there is no judge() in record_oracle.py");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PyObject *bytes = PyBytes_FromStringAndSize((const char *)data, (Py_ssize_t)size);
	PyObject *result;

	if (!bytes)
		finding("no memory");
	last_line = 0;
	PyEval_SetTrace(trace, NULL);
	result = PyObject_CallOneArg(judge, bytes);
	PyEval_SetTrace(NULL, NULL);
	Py_DECREF(bytes);
	if (!result)
		finding("the reader raised what it must not, or broke a promise");
	Py_DECREF(result);
	return 0;
}
